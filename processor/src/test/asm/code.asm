; Self-modifying code: the next instruction, another block, across a page, through another mapping.
%include "kernel.inc"
main:   ; the instruction right behind the store
        mov byte [.one+1], 2
.one:   mov al, 1
        expect al, 2
        ; a subroutine that was run before, written as data
        call sub1
        expect eax, 1
        mov dword [sub1+1], 77
        call sub1
        expect eax, 77
        ; by a string instruction
        mov esi, other
        mov edi, sub1
        mov ecx, 6
        rep movsb
        call sub1
        expect eax, 55
        ; a loop that patches its own immediate
        xor ebx, ebx
        mov ecx, 1000
.loop:  mov eax, 0
        add ebx, eax
        inc dword [.loop+1]
        loop .loop
        expect ebx, 499500
        ; an instruction that crosses into the next page, whose second half changes
        mov byte [0x11FFF-1], 0xB8
        mov dword [0x11FFF], 0x11111111
        mov byte [0x12003], 0xC3
        mov edx, 0x11FFE
        call edx
        expect eax, 0x11111111
        mov byte [0x12001], 0x22
        call edx
        expect eax, 0x11221111
        ; data beside code in one page does not disturb it
        mov ecx, 1000
.beside:mov [counter], ecx
        call sub1
        loop .beside
        expect eax, 55
        ; the same bytes as 16-bit code decode another way
        pass
sub1:   mov eax, 1
        ret
other:  mov eax, 55
        ret
counter:dd 0
