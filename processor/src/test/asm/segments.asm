; Limits, types, presence and privilege of segments; gates between rings; expand-down; RETF outward.
%include "kernel.inc"
%macro scratch 2            ; low, high half of the descriptor
        mov dword [gdt+SCRATCH], %1
        mov dword [gdt+SCRATCH+4], %2
%endmacro
main:   mov [resume_esp], esp
        ; selectors: out of the table, null, not data
        mov eax, 0x1000
        faults 13, 0x1000, mov ds, ax
        mov eax, 3
        mov fs, ax
        faults 13, 0, mov al, [fs:0]
        faults 13, 0, mov ss, ax
        mov eax, TSSSEL
        faults 13, TSSSEL, mov ds, ax
        ; not present
        scratch 0x0000FFFF, 0x00CF1300
        mov eax, SCRATCH
        faults 11, SCRATCH, mov es, ax
        faults 12, SCRATCH, mov ss, ax
        ; a limit of bytes
        scratch 0x00000FFF, 0x00409300
        mov es, ax
        mov bl, [es:0xFFF]
        faults 13, 0, mov bx, [es:0xFFF]
        faults 13, 0, mov [es:0xFFD], ebx
        expect byte [gdt+SCRATCH+5], 0x93
        ; read-only data, execute-only code
        scratch 0x00000FFF, 0x00409100
        mov es, ax
        mov bl, [es:0]
        faults 13, 0, mov [es:0], bl
        scratch 0x00000FFF, 0x00409900
        faults 13, SCRATCH, mov es, ax
        ; expand-down: above the limit, up to 64 KiB or 4 GiB
        scratch 0x00000FFF, 0x00009700
        mov es, ax
        mov bl, [es:0x1000]
        mov bl, [es:0xFFFF]
        faults 13, 0, mov bl, [es:0xFFF]
        faults 13, 0, mov bx, [es:0xFFFF]
        ; the stack through a small segment, which the handler uses too
        scratch 0x0000FFFF, 0x00409300
        mov ss, ax
        mov dword [resume], .s1
        mov [resume_esp], esp
        mov eax, [ss:0xFFFE]
        fail
.s1:    expect dword [caught], 12
        expect dword [caught_error], 0
        mov ax, KDATA
        mov ss, ax
        mov esp, 0x7000
        mov es, ax
        ; accessed bit is set by a load
        scratch 0x0000FFFF, 0x00CF9200
        mov eax, SCRATCH
        mov gs, ax
        expect byte [gdt+SCRATCH+5], 0x93
        ; LAR, LSL, VERR, VERW
        scratch 0x00000123, 0x00C09100
        lsl ebx, eax
        jz .l1
        fail
.l1:    expect ebx, 0x123FFF
        lar ebx, eax
        expect ebx, 0x00C09100
        verr ax
        jz .l2
        fail
.l2:    verw ax
        jnz .l3
        fail
.l3:    mov ebx, 0x1000
        lar ecx, ebx
        jnz .l4
        fail
.l4:    ; call gate from ring 3, with two parameters
        mov dword [gdt+SCRATCH], (KCODE<<16)|(gate-$$+0x8000)
        mov dword [gdt+SCRATCH+4], 0x0000EC02
        mov dword [resume], .bad
        mov ax, UDATA
        mov gs, ax
        mov ax, KDATA
        mov fs, ax
        user .user
.bad:   fail
.user:  push dword 0x11111111
        push dword 0x22222222
        call SCRATCH|3:0
        ; back at CPL 3: parameters gone, FS of ring 0 is null, GS stays
        expect esp, 0x6000
        mov ax, cs
        expect ax, UCODE
        mov ax, fs
        expect ax, 0
        mov ax, gs
        expect ax, UDATA
        mov dword [ss:resume], .g1
        mov dword [ss:resume_esp], 0x7000
        int 0x20
        fail
.g1:    expect dword [caught], 0x20
        ; INT n to a gate of DPL 0
        mov byte [idt+0x21*8+5], 0x8E
        mov dword [resume], .g2
        user .user2
.user2: int 0x21
        fail
.g2:    expect dword [caught], 13
        expect dword [caught_error], 0x21*8+2
        expect dword [caught_eip], .user2
        ; LDT
        mov ax, LDTSEL
        lldt ax
        mov ax, 4
        mov es, ax
        mov ax, 12
        faults 13, 12, mov es, ax
        xor eax, eax
        lldt ax
        mov ax, 4
        faults 13, 4, mov es, ax
        ; double fault: the handler of #GP is not present, nor is that of #NP
        mov ax, KDATA
        mov es, ax
        mov byte [idt+13*8+5], 0
        mov byte [idt+11*8+5], 0
        mov dword [resume], .d1
        mov eax, 0x1000
        mov ds, ax
        fail
.d1:    expect dword [caught], 8
        expect dword [caught_error], 0
        pass
gate:   mov ax, cs
        expect ax, KCODE
        expect dword [esp], main.user+17
        expect dword [esp+8], 0x22222222
        expect dword [esp+12], 0x11111111
        expect dword [esp+16], 0x5FF8
        retf 8
