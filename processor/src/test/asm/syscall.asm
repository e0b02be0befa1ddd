; SYSENTER, SYSEXIT, MSRs, RDTSC rights, CPUID, LOCK, long instructions, alignment check, I/O bitmap.
%include "kernel.inc"
main:   mov [resume_esp], esp
        faults 13, 0, sysenter           ; no CS set
        mov ecx, 0x174
        xor edx, edx
        mov eax, KCODE
        wrmsr
        mov ecx, 0x175
        mov eax, 0x7000
        wrmsr
        mov ecx, 0x176
        mov eax, .kernel
        wrmsr
        xor eax, eax
        rdmsr
        expect eax, .kernel
        mov ecx, 0x0BAD0BAD
        faults 13, 0, rdmsr
        faults 13, 0, wrmsr
        mov dword [resume], .bad
        user .user
.bad:   fail
.user:  mov ebp, 0x1234
        sysenter
        fail
.kernel:mov ax, cs
        expect ax, KCODE
        mov ax, ss
        expect ax, KDATA
        expect esp, 0x7000
        mov ecx, 0x6000
        mov edx, .user2
        sysexit
        fail
.user2: mov ax, cs
        expect ax, UCODE
        expect esp, 0x6000
        mov dword [ss:resume], .u3
        cli
.u3:    mov [resume_esp], esp
        expect dword [caught], 13
        ; rights of user code, one after the other
        mov eax, cr4
        or eax, 4
        mov cr4, eax
        mov dword [resume], .u4
        mov esp, 0x7000
        mov [resume_esp], esp
        user .user4
.user4: rdtsc
        fail
.u4:    expect dword [caught], 13
        mov eax, cr4
        and eax, ~4
        mov cr4, eax
        mov dword [resume], .u5
        user .user5
.user5: in al, 0x21
        fail
.u5:    expect dword [caught], 13
        and byte [iomap+4], 0xFD
        mov dword [resume], .u6
        user .user6
.user6: in al, 0x21
        in ax, 0x21
        fail
.u6:    expect dword [caught], 13
        expect dword [caught_eip], .user6+2
        ; HLT, LGDT and MOV CR are privileged
        mov dword [resume], .u7
        user .user7
.user7: hlt
        fail
.u7:    expect dword [caught], 13
        mov dword [resume], .u8
        user .user8
.user8: mov eax, cr0
        fail
.u8:    expect dword [caught], 13
        ; alignment check at CPL 3 only
        mov eax, cr0
        or eax, 0x40000
        mov cr0, eax
        mov dword [user_eflags], 0x40002
        mov dword [resume], .u9
        user .user9
.user9: mov eax, [word0]
        mov eax, [word0+1]
        fail
.u9:    expect dword [caught], 17
        expect dword [caught_error], 0
        push dword 0x40002
        popf
        mov eax, [word0+1]
        ; LOCK where it may not be
        faults 6, -1, db 0xF0, 0x90
        faults 6, -1, db 0xF0, 0x01, 0xC0
        lock add [word0], eax
        ; sixteen bytes
        faults 13, 0, db 0x66, 0x66, 0x66, 0x66, 0x66, 0x66, 0x66, 0x66, 0x66, 0x66, 0x66, 0x66, 0x66, 0x66, 0x66, 0x90
        ; CPUID
        xor eax, eax
        cpuid
        expect ebx, 'Genu'
        mov eax, 1
        cpuid
        and edx, 0x800
        expect edx, 0x800
        ; undefined opcodes
        faults 6, -1, ud2
        faults 6, -1, db 0x0F, 0x3F, 0x00
        faults 6, -1, db 0x8E, 0xC8      ; MOV CS
        pass
align 4
word0:  dd 0, 0
