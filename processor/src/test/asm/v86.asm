; Virtual-8086 mode: entry, sensitive instructions by IOPL, the virtual interrupt flag, redirection of INT.
%include "kernel.inc"
%macro v86_entry 2          ; EFLAGS, code in segment 800h
        push dword 0            ; GS
        push dword 0            ; FS
        push dword 0x800        ; DS
        push dword 0x800        ; ES
        push dword 0            ; SS
        push dword 0x5000       ; ESP
        push dword %1
        push dword 0x800
        push dword %2-0x8000
        iret
%endmacro
main:   mov dword [resume_esp], 0x6F00
        mov esp, 0x6F00
        mov dword [resume], .r1
        v86_entry 0x20002, v1
.r1:    expect dword [caught], 13
        expect dword [caught_error], 0
        expect dword [caught_eip], v1.cli-0x8000
        expect dword [caught_cs], 0x800
        test dword [caught_eflags], 0x20000
        jnz .r1a
        fail
.r1a:   expect word [word0], 0x1234
        ; PUSHF and INT fault below IOPL 3
        mov dword [resume], .r2
        v86_entry 0x20002, v2
.r2:    expect dword [caught], 13
        expect dword [caught_eip], v2-0x8000
        mov dword [resume], .r3
        v86_entry 0x20002, v3
.r3:    expect dword [caught], 13
        ; at IOPL 3 INT goes through the IDT
        mov dword [resume], .r4
        v86_entry 0x23002, v3
.r4:    expect dword [caught], 0x20
        expect dword [caught_eip], v3-0x8000+2
        ; VME: CLI clears VIF, PUSHF shows it, STI with VIP faults
        mov eax, cr4
        or eax, 1
        mov cr4, eax
        mov dword [resume], .r5
        v86_entry 0xA0002, v5
.r5:    expect dword [caught], 13
        expect dword [caught_eip], v5.end-0x8000
        mov eax, [caught_eflags]
        and eax, 0x80000
        expect eax, 0x80000
        mov dword [resume], .r6
        v86_entry 0x120002, v6
.r6:    expect dword [caught], 13
        expect dword [caught_eip], v6-0x8000
        ; INT redirected to the handler of the 8086 program
        mov word [0x80], v7.handler-0x8000
        mov word [0x82], 0x800
        mov dword [resume], .r7
        v86_entry 0x20002, v7
.r7:    expect dword [caught], 13
        expect dword [caught_eip], v7.end-0x8000
        expect word [word0], 0x4321
        pass
bits 16
v1:     mov word [word0-0x8000], 0x1234
.cli:   cli
v2:     pushf
        hlt
v3:     int 0x20
        hlt
v5:     cli
        pushf
        pop ax
        test ax, 0x200
        jnz .end2
        sti
        pushf
        pop ax
        test ax, 0x200
        jz .end2
.end:   hlt
.end2:  ud2
v6:     sti
        hlt
v7:     int 0x20
.end:   hlt
.handler:
        mov word [word0-0x8000], 0x4321
        iret
align 4
word0:  dd 0
