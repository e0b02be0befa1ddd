; TF, instruction, data and I/O breakpoints, RF, GD, INT1, POPF's effect after the next instruction.
%include "kernel.inc"
main:   mov [resume_esp], esp
        ; TF: the trap comes after the instruction that follows POPF
        mov dword [resume], .t1
        push dword 0x102
        popf
        nop
.step:  fail
.t1:    expect dword [caught], 1
        expect dword [caught_eip], .step
        mov eax, dr6
        and eax, 0xE00F
        expect eax, 0x4000
        xor eax, eax
        mov dr6, eax
        ; instruction breakpoint: before it, as a fault
        mov eax, .here
        mov dr0, eax
        mov eax, 0x00000402
        mov dr7, eax
        mov dword [resume], .t2
        mov ebx, 1
.here:  mov ebx, 2
        fail
.t2:    expect dword [caught], 1
        expect dword [caught_eip], .here
        expect ebx, 1
        mov eax, dr6
        and eax, 0xE00F
        expect eax, 1
        ; RF lets it run
        pushf
        or dword [esp], 0x10000
        push dword KCODE
        push dword .here2
        mov eax, .here2
        mov dr0, eax
        mov dword [resume], .bad
        iret
.bad:   fail
.here2: mov ebx, 3
        expect ebx, 3
        ; data breakpoint on writes, as a trap
        xor eax, eax
        mov dr6, eax
        mov eax, word0
        mov dr1, eax
        mov eax, 0x00D00408              ; DR1: write, 4 bytes
        mov dr7, eax
        mov dword [resume], .t3
        mov eax, [word0]
        mov word [word0+2], 5
.after: fail
.t3:    expect dword [caught], 1
        expect dword [caught_eip], .after
        expect word [word0+2], 5
        mov eax, dr6
        and eax, 0xE00F
        expect eax, 2
        ; I/O breakpoint needs CR4.DE
        xor eax, eax
        mov dr6, eax
        mov eax, cr4
        or eax, 8
        mov cr4, eax
        mov eax, 0x80
        mov dr2, eax
        mov eax, 0x02000420
        mov dr7, eax
        mov dword [resume], .t4
        out 0x80, al
.after2:fail
.t4:    expect dword [caught], 1
        expect dword [caught_eip], .after2
        mov eax, dr6
        and eax, 0xE00F
        expect eax, 4
        ; DR4 is undefined under DE
        faults 6, -1, mov eax, dr4
        mov eax, cr4
        and eax, ~8
        mov cr4, eax
        mov eax, dr4
        ; GD
        xor eax, eax
        mov dr6, eax
        mov eax, 0x2400
        mov dr7, eax
        faults 1, -1, mov eax, dr0
        mov eax, dr6
        and eax, 0xE00F
        expect eax, 0x2000
        mov eax, dr7
        expect eax, 0x400
        ; INT1 is a trap
        mov dword [resume], .t5
        db 0xF1
.after3:fail
.t5:    expect dword [caught], 1
        expect dword [caught_eip], .after3
        pass
align 4
word0:  dd 0
