; 12,000 random accesses to ports and memory-mapped devices, of 8, 16 and 32 bits.  Whatever they do to the devices, the
; machine must go on: the end is "FUZZ DONE" on COM1 and E9h.  Left out are only writes that legitimately reset the
; machine, power it off, leave for SMM, or move what this program stands on: 60h-64h, 92h, B2h, CF8h-CFFh and the PIIX4's
; power management block.
%include "boot.inc"
%include "serial.inc"
ACCESSES equ 12000

start:
    cli
    call serial_open
    mov si, started
    call print
    ; power management base of the PIIX4: device 7 on a 440BX board, 1 on a 440FX one
    mov eax, 0x80003B40
    call config_read
    cmp ax, 0xFFFF
    jne .found
    mov eax, 0x80000B40
    call config_read
.found:
    and ax, 0xFFC0
    mov [power_base], ax
    ; 4 GiB segments in real mode
    lgdt [gdt_pointer]
    mov eax, cr0
    or al, 1
    mov cr0, eax
    mov bx, 8
    mov fs, bx
    and al, 0xFE
    mov cr0, eax
    xor bx, bx
    mov fs, bx
    mov dword [left], ACCESSES
.next:
    call random
    test al, 3
    jz .memory
    call port_access
    jmp .done
.memory:
    call memory_access
.done:
    dec dword [left]
    jnz .next
    call serial_open
    mov si, finished
    call print
    cli
.halt:
    hlt
    jmp .halt

config_read:                    ; EAX: address; reads EAX
    mov dx, 0xCF8
    out dx, eax
    mov dx, 0xCFC
    in eax, dx
    ret

random:                         ; EAX: xorshift32
    push ebx
    mov eax, [seed]
    mov ebx, eax
    shl ebx, 13
    xor eax, ebx
    mov ebx, eax
    shr ebx, 17
    xor eax, ebx
    mov ebx, eax
    shl ebx, 5
    xor eax, ebx
    mov [seed], eax
    pop ebx
    ret

port_access:
    call random
    mov dx, ax
    test eax, 0x10000           ; half of them where the ISA devices are
    jz .wide
    and dx, 0x3FF
.wide:
    call random
    mov ecx, eax                ; bit 0-1: width, bit 2: write
    test cl, 4
    jz .allowed
    cmp dx, 0x60
    jb .free
    cmp dx, 0x65
    jb port_access
.free:
    cmp dx, 0x8E
    jb .not92
    cmp dx, 0x93
    jb port_access
    cmp dx, 0xAF
    jb .not92
    cmp dx, 0xB4
    jb port_access
.not92:
    cmp dx, 0xCF4
    jb .notpci
    cmp dx, 0xD00
    jb port_access
.notpci:
    mov bx, dx
    add bx, 3
    sub bx, [power_base]
    cmp bx, 0x43
    jb port_access
.allowed:
    call random
    and cl, 7
    jz .in8
    cmp cl, 1
    je .in16
    cmp cl, 4
    jb .in32
    je .out8
    cmp cl, 5
    je .out16
    out dx, eax
    ret
.in8:
    in al, dx
    ret
.in16:
    in ax, dx
    ret
.in32:
    in eax, dx
    ret
.out8:
    out dx, al
    ret
.out16:
    out dx, ax
    ret

memory_access:
    call random
    mov esi, eax
    test eax, 0x80000
    jz .high
    and esi, 0x1FFFF            ; the display memory
    add esi, 0xA0000
    jmp .where
.high:
    or esi, 0xE0000000          ; windows of PCI devices, holes, and the end of the address space
.where:
    call random
    mov ecx, eax
    call random
    and cl, 7
    jz .read8
    cmp cl, 1
    je .read16
    cmp cl, 4
    jb .read32
    je .write8
    cmp cl, 5
    je .write16
    mov [fs:esi], eax
    ret
.read8:
    mov al, [fs:esi]
    ret
.read16:
    mov ax, [fs:esi]
    ret
.read32:
    mov eax, [fs:esi]
    ret
.write8:
    mov [fs:esi], al
    ret
.write16:
    mov [fs:esi], ax
    ret

started: db "FUZZ STARTED", 13, 10, 0
finished: db 13, 10, "FUZZ DONE", 13, 10, 0
    align 4
seed: dd 0x2545F491
left: dd 0
power_base: dw 0
    align 8
gdt:
    dq 0
    dq 0x00CF92000000FFFF
gdt_pointer:
    dw $ - gdt - 1
    dd gdt
