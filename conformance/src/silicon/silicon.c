/*
 * Runs single user-mode instructions on this host's own processor and reports what they did.
 *
 *   gcc -m32 -O1 -static -o silicon silicon.c;   silicon <cases >results
 *
 * Cases come one after another on standard input, results go to standard output, both as the structures below (little-endian,
 * no padding).  The instruction stands at CODE, with breakpoints (CCh) on the rest of its page, so that wherever it
 * goes on within the page it is stopped by #BP at once.  The 1,024 bytes of memory stand at MEMORY, the end of a page whose other bytes are
 * zero and whose neighbours are not present.  Selectors, FS, GS and the privilege level are the host's.
 */
#define _GNU_SOURCE
#include <signal.h>
#include <stdint.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/mman.h>
#include <ucontext.h>
#include <unistd.h>

#define CODE 0x20000100u
#define PAGE 0x10000000u
#define MEMORY 0x10000C00u
#define BREAKPOINT 3
#define ARITHMETIC_AND_DF 0xCD5u
#define FIXED_FLAGS 0x202u

struct __attribute__((packed)) image {
  uint32_t general[8]; /* EAX ECX EDX EBX ESP EBP ESI EDI */
  uint32_t eflags;
  uint8_t fxsave[512];
  uint8_t memory[1024];
};
struct __attribute__((packed)) test {
  uint32_t length;
  uint8_t code[16];
  struct image before;
};
struct __attribute__((packed)) result {
  uint32_t vector;    /* 3: the instruction was executed; otherwise the exception it raised */
  uint32_t error;     /* error code of the exception */
  uint32_t address;   /* of a page fault */
  uint32_t advance;   /* EIP after the instruction, or at the fault, less its start */
  struct image after;
};

static struct test in;
static struct result out;
static uint32_t host_esp, start_flags, target = CODE;
static uint32_t registers[8];
static uint8_t before_fx[512] __attribute__((aligned(16)));
static uint8_t after_fx[512] __attribute__((aligned(16)));
static uint8_t clean_fx[512] __attribute__((aligned(16)));
extern char stopped[];

__attribute__((noinline)) static void run(void) {
  __asm__ volatile(
      "pusha\n mov %%esp, %[host]\n fxrstor %[fx]\n pushl %[flags]\n"
      "mov 4+%[r], %%ecx\n mov 8+%[r], %%edx\n mov 12+%[r], %%ebx\n mov 20+%[r], %%ebp\n"
      "mov 24+%[r], %%esi\n mov 28+%[r], %%edi\n mov %[r], %%eax\n"
      "popf\n mov 16+%[r], %%esp\n jmp *%[target]\n"
      ".globl stopped\n stopped:\n"
      "mov %[host], %%esp\n fxsave %[after]\n fxrstor %[clean]\n cld\n popa\n"
      : [host] "+m"(host_esp), [after] "=m"(after_fx)
      : [fx] "m"(before_fx), [r] "m"(registers), [flags] "m"(start_flags), [clean] "m"(clean_fx), [target] "m"(target)
      : "memory", "cc");
}

static void on_signal(int number, siginfo_t *info, void *context) {
  (void)number; (void)info;
  static const int order[8] = {REG_EAX, REG_ECX, REG_EDX, REG_EBX, REG_ESP, REG_EBP, REG_ESI, REG_EDI};
  mcontext_t *machine = &((ucontext_t *)context)->uc_mcontext;
  greg_t *r = machine->gregs;
  uint32_t eip = r[REG_EIP];
  if (eip < CODE - 0x100 || eip > CODE + 0xF00) { /* our own bug, not the instruction's doing */
    static const char text[] = "silicon: stopped outside the tested instruction\n";
    if (write(2, text, sizeof text - 1)) {}
    _exit(2);
  }
  out.vector = r[REG_TRAPNO];
  out.error = r[REG_ERR];
  out.address = out.vector == 14 ? machine->cr2 : 0;
  out.advance = eip - CODE - (out.vector == BREAKPOINT);
  for (int i = 0; i < 8; i++) out.after.general[i] = r[order[i]];
  out.after.eflags = (r[REG_EFL] & ARITHMETIC_AND_DF) | FIXED_FLAGS;
  r[REG_EIP] = (greg_t)(uintptr_t)stopped;
  r[REG_EFL] = FIXED_FLAGS;
}

static uint8_t *map(uint32_t address, size_t length, int protection) {
  void *at = mmap((void *)(uintptr_t)address, length, protection, MAP_PRIVATE | MAP_ANONYMOUS | MAP_FIXED_NOREPLACE, -1, 0);
  if (at != (void *)(uintptr_t)address) { perror("silicon: mmap"); exit(2); }
  return at;
}

int main(void) {
  uint8_t *code = map(CODE & ~0xFFFu, 4096, PROT_READ | PROT_WRITE | PROT_EXEC);
  uint8_t *page = map(PAGE, 4096, PROT_READ | PROT_WRITE);
  static uint8_t signal_stack[65536];
  stack_t stack = {.ss_sp = signal_stack, .ss_size = sizeof signal_stack};
  sigaltstack(&stack, NULL);
  struct sigaction action = {.sa_sigaction = on_signal, .sa_flags = SA_SIGINFO | SA_ONSTACK};
  static const int signals[] = {SIGSEGV, SIGBUS, SIGILL, SIGFPE, SIGTRAP};
  for (size_t i = 0; i < sizeof signals / sizeof *signals; i++) sigaction(signals[i], &action, NULL);
  __asm__ volatile("fxsave %0" : "=m"(clean_fx));
  uint32_t mxcsr_mask;
  memcpy(&mxcsr_mask, clean_fx + 28, 4);
  memset(code, 0xCC, 4096);
  while (fread(&in, sizeof in, 1, stdin) == 1) {
    if (in.length < 1 || in.length > sizeof in.code) { fprintf(stderr, "silicon: length %u\n", in.length); return 2; }
    memset(code + 0x100, 0xCC, sizeof in.code);
    memcpy(code + 0x100, in.code, in.length);
    memset(page, 0, 4096);
    memcpy(page + (MEMORY - PAGE), in.before.memory, sizeof in.before.memory);
    memcpy(before_fx, in.before.fxsave, sizeof before_fx);
    uint32_t mxcsr;
    memcpy(&mxcsr, before_fx + 24, 4);
    mxcsr &= mxcsr_mask ? mxcsr_mask : 0xFFBFu;
    memcpy(before_fx + 24, &mxcsr, 4);
    memcpy(registers, in.before.general, sizeof registers);
    start_flags = (in.before.eflags & ARITHMETIC_AND_DF) | FIXED_FLAGS;
    memset(&out, 0, sizeof out);
    run();
    memcpy(out.after.fxsave, after_fx, sizeof after_fx);
    memcpy(out.after.memory, page + (MEMORY - PAGE), sizeof out.after.memory);
    if (fwrite(&out, sizeof out, 1, stdout) != 1) { perror("silicon: write"); return 2; }
  }
  return 0;
}
