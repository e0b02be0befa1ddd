; Calls the BIOS as boot loaders and DOS do, and reports on COM1, one "BIOS name=value" a line.
; Waits for one key (INT 16h) near the end; the last line is "BIOS DONE".
%include "boot.inc"
%include "serial.inc"

%macro report 2                 ; name, 32-bit value
    mov [value], %2
    mov si, %%name
    call line
    jmp %%on
%%name: db "BIOS ", %1, "=", 0
%%on:
%endmacro

start:
    call serial_open
    sti
    int 0x12
    movzx eax, ax
    report "int12", eax
    int 0x11
    movzx eax, ax
    report "int11", eax
    mov ah, 0x88
    int 0x15
    movzx eax, ax
    report "int15_88", eax
    xor ecx, ecx
    xor edx, edx
    mov ax, 0xE801
    int 0x15
    movzx eax, ax
    movzx ebx, bx
    mov [second], ebx
    report "e801_low", eax
    mov eax, [second]
    report "e801_high", eax
    ; E820: every entry, then their number
    xor ebx, ebx
    mov dword [count], 0
.e820:
    mov eax, 0xE820
    mov edx, 0x534D4150
    mov ecx, 20
    mov di, buffer
    int 0x15
    jc .e820_end
    cmp eax, 0x534D4150
    jne .e820_end
    mov [second], ebx
    mov eax, [buffer]
    report "e820_base", eax
    mov eax, [buffer + 8]
    report "e820_length", eax
    mov eax, [buffer + 16]
    report "e820_type", eax
    inc dword [count]
    mov ebx, [second]
    test ebx, ebx
    jz .e820_end
    cmp dword [count], 32
    jb .e820
.e820_end:
    mov eax, [count]
    report "e820_entries", eax
    ; drives
    mov dl, [boot_drive]
    movzx eax, dl
    report "boot_drive", eax
    mov ah, 8
    mov dl, [boot_drive]
    xor di, di
    int 0x13
    push 0
    pop es
    movzx eax, cx
    report "floppy_cx", eax
    mov ah, 8
    mov dl, 0x80
    int 0x13
    push 0
    pop es
    setc al
    movzx eax, al
    report "disk_absent", eax
    mov ah, 0x41
    mov bx, 0x55AA
    mov dl, 0x80
    int 0x13
    movzx eax, bx
    report "edd", eax
    ; the boot sector once more, its signature
    mov ax, 0x0201
    mov cx, 1
    mov dl, [boot_drive]
    mov dh, 0
    mov bx, buffer
    int 0x13
    movzx eax, word [buffer + 510]
    report "signature", eax
    ; time: three ticks of the BIOS clock, waited for with HLT
    mov ah, 0
    int 0x1A
    mov [second], dx
.tick:
    hlt
    mov ah, 0
    int 0x1A
    mov ax, dx
    sub ax, [second]
    cmp ax, 3
    jb .tick
    movzx eax, ax
    report "ticks", eax
    mov ah, 4
    int 0x1A
    movzx eax, cx
    report "century_year", eax
    ; INT 15h, 86h: 50 ms
    mov ah, 0x86
    mov cx, 0
    mov dx, 50000
    int 0x15
    setc al
    movzx eax, al
    report "wait_failed", eax
    ; PCI BIOS
    mov ax, 0xB101
    xor edi, edi
    int 0x1A
    mov eax, edx
    report "pci", eax
    mov ax, 0xB109              ; vendor of the host bridge
    xor bx, bx
    xor di, di
    int 0x1A
    movzx eax, cx
    report "host_bridge_vendor", eax
    ; display
    mov ax, 3
    int 0x10
    mov ah, 2
    mov bh, 0
    mov dx, 0x0A05
    int 0x10
    mov ah, 3
    mov bh, 0
    int 0x10
    movzx eax, dx
    report "cursor", eax
    mov si, screen_text
.show:
    lodsb
    test al, al
    jz .shown
    mov ah, 0x0E
    mov bx, 7
    int 0x10
    jmp .show
.shown:
    mov ah, 0x0F
    int 0x10
    movzx eax, ax
    report "mode", eax
    mov si, key_text
    call print
    mov ah, 0
    int 0x16
    movzx eax, ax
    report "key", eax
    mov si, done_text
    call print
.halt:
    hlt
    jmp .halt

line:                           ; SI: name, [value]
    call print
    mov eax, [value]
    call print_hex
    jmp newline

screen_text: db "The quick brown fox", 0
key_text: db "BIOS PRESS A KEY", 13, 10, 0
done_text: db "BIOS DONE", 13, 10, 0
    align 4
value: dd 0
second: dd 0
count: dd 0
buffer:
