; Paging: error codes, CR2, accessed and dirty bits, WP, U/S, large pages, global pages, PAE.
%include "kernel.inc"
%define PD 0x20000
%define PT 0x21000
%define DATA 0x30000
main:   identity_map PD, PT
        mov eax, cr0
        or eax, 0x80000000
        mov cr0, eax
        jmp .paged
.paged: ; accessed and dirty
        mov dword [PT+4*0x30], DATA|7
        mov eax, [DATA]
        expect dword [PT+4*0x30], DATA|0x27
        expect dword [PD], PT|0x27
        mov dword [DATA], 1
        expect dword [PT+4*0x30], DATA|0x67
        ; not present: read, write, then across a page
        mov dword [PT+4*0x31], 0
        invlpg [0x31000]
        faults 14, 0, mov eax, [0x31010]
        mov eax, cr2
        expect eax, 0x31010
        faults 14, 2, mov [0x31020], eax
        mov eax, cr2
        expect eax, 0x31020
        faults 14, 2, mov dword [0x30FFE], 0x12345678
        mov eax, cr2
        expect eax, 0x31000
        expect word [0x30FFE], 0
        ; a page table that is not there
        faults 14, 0, mov eax, [0x400000]
        mov eax, cr2
        expect eax, 0x400000
        ; read-only pages bind the supervisor only under WP
        mov dword [PT+4*0x31], 0x31000|5
        invlpg [0x31000]
        mov dword [0x31000], 7
        mov eax, cr0
        or eax, 0x10000
        mov cr0, eax
        faults 14, 3, mov dword [0x31000], 8
        expect dword [0x31000], 7
        ; read-modify-write of a read-only page leaves register and flags alone
        mov eax, 5
        faults 14, 3, xadd [0x31000], eax
        expect eax, 5
        mov eax, cr0
        and eax, ~0x10000
        mov cr0, eax
        mov dword [0x31000], 9
        ; user: supervisor pages and read-only pages
        mov dword [PT+4*0x32], 0x32000|3
        invlpg [0x32000]
        mov [resume_esp], esp
        mov dword [resume], .u1
        user .user1
.user1: mov eax, [0x32000]
        fail
.u1:    expect dword [caught], 14
        expect dword [caught_error], 5
        mov dword [resume], .u2
        user .user2
.user2: mov dword [0x31004], 1
        fail
.u2:    expect dword [caught], 14
        expect dword [caught_error], 7
        expect dword [caught_cs], UCODE
        ; user instruction fetch from a supervisor page
        mov dword [resume], .u3
        user 0x32000
.u3:    expect dword [caught], 14
        expect dword [caught_error], 5
        expect dword [caught_eip], 0x32000
        ; stale translations live until INVLPG or CR3
        mov dword [PT+4*0x33], 0x33000|7
        mov dword [0x33000], 0x33
        mov dword [0x34000], 0x34
        mov eax, [0x33000]
        mov dword [PT+4*0x33], 0x34000|7
        invlpg [0x33000]
        expect dword [0x33000], 0x34
        ; large pages, with the dirty bit in the directory
        mov eax, cr4
        or eax, 0x10
        mov cr4, eax
        mov dword [PD+4], 0x00000083
        mov eax, [0x400000+DATA]
        expect eax, 1
        expect dword [PD+4], 0xA3
        mov dword [0x400000+DATA], 2
        expect dword [PD+4], 0xE3
        expect dword [DATA], 2
        ; INVLPG of any address in a large page drops all that is known of it
        mov dword [PD+12], 0x00000083
        expect dword [0xC00000+DATA], 2
        expect dword [0xC00000+0x33000], 0x33
        mov dword [PD+12], PT|7
        invlpg [0xC00000+DATA]
        expect dword [0xC00000+0x33000], 0x34
        mov dword [PD+8], 0x00200083     ; bit 21 is reserved
        faults 14, 9, mov eax, [0x800000]
        ; global pages survive CR3 but not CR4.PGE
        mov eax, cr4
        or eax, 0x80
        mov cr4, eax
        mov dword [PT+4*0x35], 0x35000|0x107
        invlpg [0x35000]
        mov dword [0x35000], 0x35
        mov dword [0x36000], 0x36
        mov dword [PT+4*0x35], 0x36000|0x107
        mov eax, cr3
        mov cr3, eax
        expect dword [0x35000], 0x35
        mov eax, cr4
        and eax, ~0x80
        mov cr4, eax
        expect dword [0x35000], 0x36
        ; PAE
        push ds
        pop es
        mov eax, cr0
        and eax, 0x7FFFFFFF
        mov cr0, eax
        mov edi, 0x22000
        mov ecx, 4096
        xor eax, eax
        rep stosd
        mov dword [0x22000], 0x23001     ; PDPTE 0
        mov dword [0x23000], 0x83|4      ; 2 MiB at 0, user
        mov dword [0x23008], 0x24007     ; table for 2 to 4 MiB
        mov dword [0x24000], DATA|7
        mov dword [0x24008], 0x30000|7
        mov dword [0x2400C], 0x00000010  ; an address past 36 bits
        mov eax, cr4
        or eax, 0x20
        mov cr4, eax
        mov eax, 0x22000
        mov cr3, eax
        mov eax, cr0
        or eax, 0x80000000
        mov cr0, eax
        expect dword [0x200000], 2
        mov dword [0x200000], 3
        expect dword [DATA], 3
        expect dword [0x24000], DATA|0x67
        faults 14, 9, mov eax, [0x201000]
        faults 14, 0, mov eax, [0x40000000]
        ; PDPTEs are cached: a change counts from the next load of CR3
        mov dword [0x22008], 0x23001
        faults 14, 0, mov eax, [0x40000000+DATA]
        mov eax, cr3
        mov cr3, eax
        expect dword [0x40000000+DATA], 3
        ; a PDPTE with reserved bits refuses the load
        mov dword [0x22008], 0x23003
        faults 13, 0, mov cr3, eax
        pass
