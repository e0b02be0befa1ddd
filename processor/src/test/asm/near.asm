; Accesses near each other: across the end of a page into one that is elsewhere in memory, read-only or missing, by the
; same register and by the stack; and what translated code does by itself with flags and bits. Each runs until it is
; translated.
%include "kernel.inc"
%define PD 0x20000
%define PT 0x21000
%define FIRST 0x50000           ; behind linear 40000h
%define SECOND 0x30000          ; behind linear 41000h
%define END 0x41000
; faults_in ERROR, FUNCTION: the function meets a page fault
%macro faults_in 2
        mov dword [caught], -1
        mov dword [resume], %%after
        mov [resume_esp], esp
        call %2
        fail
%%after:
        expect dword [caught], 14
        expect dword [caught_error], %1
%endmacro
main:   identity_map PD, PT
        mov dword [PT+4*0x40], FIRST|7
        mov dword [PT+4*0x41], SECOND|7
        mov eax, cr0
        or eax, 0x80010000
        mov cr0, eax
        jmp .paged
.paged: mov ebp, 64
.again: mov ebx, END-8
        call spread
        add ebx, 8
        sub dword [ebx-8], 1
        inc ebx
        dec ebx
        mov eax, [ebx-4]
        expect eax, [FIRST+0xFFC]
        dec ebp
        jnz .again
        expect dword [FIRST+0xFF8], -1
        expect dword [SECOND], 0x55661122
        expect dword [SECOND+4], 2
        expect word [FIRST+0xFFE], 0x3344
        expect byte [FIRST+0xFFC], 0x78

        ; the stack: pushed, called and popped across the end
        mov ebp, 64
.stack: mov [resume_esp], esp
        mov esp, END+8
        push ebp
        push dword 2
        call frame
        push dword 4
        push ebx
        pop eax
        pop ecx
        pop edx
        pop esi
        mov esp, [resume_esp]
        expect eax, ebx
        expect ecx, 4
        expect edx, 2
        expect esi, ebp
        dec ebp
        jnz .stack
        expect dword [SECOND+4], 1
        expect dword [SECOND], 2
        expect dword [FIRST+0xFF8], 2

        ; the page after the end becomes read-only, then missing
        mov ebx, END-8
        mov dword [PT+4*0x41], SECOND|5
        invlpg [END]
        mov dword [SECOND+4], 77
        faults_in 3, spread
        mov eax, cr2
        expect eax, END
        expect dword [SECOND+4], 77
        mov ecx, [ebx]
        mov edx, [ebx+12]
        expect edx, 77
        mov dword [PT+4*0x41], 0
        invlpg [END]
        mov ebp, 64
.gone:  mov ecx, [ebx]
        dec ebp
        jnz .gone
        faults_in 0, reads
        mov eax, cr2
        expect eax, END+4
        ; and another one
        mov dword [PT+4*0x41], 0x60000|7
        invlpg [END]
        mov dword [0x60004], 88
        call reads
        expect eax, 88

        ; CLI, STI, PUSHF and POPF, and bits in memory
        mov ebp, 64
.flags: stc
        sti
        pushf
        cli
        pop eax
        and eax, 0x201
        expect eax, 0x201
        pushf
        pop eax
        test eax, 0x200
        jz .clear
        fail
.clear: push dword 0x8D7         ; all of the arithmetic flags, IF clear
        popf
        pushf
        pop eax
        expect eax, 0x8D7
        mov dword [FIRST], 0
        bts dword [FIRST], 37     ; bit 5: an immediate stays within the operand
        jnc .set
        fail
.set:   bt dword [FIRST], 5
        jc .there
        fail
.there: btc dword [FIRST], 4
        btr dword [FIRST], 5
        jc .reset
        fail
.reset: expect dword [FIRST], 0x10
        push fs
        pop eax
        and eax, 0xFFFF
        expect eax, KDATA
        dec ebp
        jnz .flags
        pass

; [EBX] is 8 bytes before the end
spread: mov [ebx], ebp
        mov dword [ebx+4], 0x12345678
        mov eax, [ebx+4]
        mov dword [ebx+8], 0x55667788
        mov [ebx+12], ebp
        inc dword [ebx+12]
        mov dword [ebx+6], 0x11223344
        sub dword [ebx], 1
        cmp byte [ebx+4], 0x78
        ret

frame:  push ebp
        mov ebp, esp
        mov ebx, [ebp+8]
        mov eax, [ebp+12]
        sub esp, 8
        mov [esp], eax
        mov [esp+4], ebx
        leave
        ret

reads:  mov eax, [ebx]
        mov eax, [ebx+12]
        ret
