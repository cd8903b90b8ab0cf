/* SPDX-License-Identifier: MIT */
/*
 * monitor.h - commands for the running machine, typed at the serial port or given as run=.
 *
 * Runs after the report, on the boot stack, interrupts as the kernel has them. The prompt says how
 * the command before it ended, so that a program can drive it line by line.
 */
#ifndef MONITOR_H
#define MONITOR_H
#include "kernel/kernel.h"

#define MONITOR_WORDS	16	/* of one command, its name included */

struct command {
	const char *name, *args, *help;	/* as help shows them */
	uint32_t number;
	bool alters;		/* writes what it is told, or calls it: not under Secure Boot */
};

/* Go to the next command in alphabetical order, from { 0 } to the first. False: there is none. */
bool command_next(struct command *c);

/* words[0] is the name, n counts it. False: it failed, and has said why. */
bool command_run(const struct command *c, struct kernel *k, uint32_t n, char **words);

/* Read and run commands for ever. */
_Noreturn void monitor_run(struct kernel *k);

/*
 * Run the commands in text[0..size), separated by ';' (not between quotes, as in again run="a; b").
 * False: one failed; the rest was not run.
 */
bool monitor_text(struct kernel *k, const char *text, uint64_t size);

/* ---- for commands ---- */

/* Print "error: ..." and a newline; always false. */
bool monitor_error(const char *fmt, ...) __attribute__((format(printf, 1, 2)));

/*
 * A number: decimal or 0x, K M G T behind it for the power of 1024; false: it has said that it is
 * none.
 */
bool monitor_number(const char *word, uint64_t *out);

/* An address as the regime sees it; "@ADDR" is a physical one. */
bool monitor_address(const struct kernel *k, const char *word, uint64_t *out);

/* The commands that follow the present one in monitor_text()'s text. */
struct word monitor_rest(void);

/*
 * Whether a key was pressed meanwhile, which is reported as the error that ends long output. The
 * key is forgotten.
 */
bool monitor_stopped(void);

/* Access under trap_try: false if it faulted, which has been said. Width in bytes: 1, 2, 4 or 8. */
bool monitor_read(uint64_t at, uint32_t width, uint64_t *out);
bool monitor_write(uint64_t at, uint32_t width, uint64_t value);

/* Hexadecimal and text, with the address at which it is now; cmd_memory.c */
void monitor_dump(const void *bytes, uint64_t size);

/* 0xBYTES, two digits each, in the order of memory; or the word itself. At most MONITOR_BYTES. */
#define MONITOR_BYTES	64
bool monitor_bytes(const char *word, uint8_t *out, uint32_t *size);

/* cmd_*.c */
bool command_acpi(struct kernel *k, uint32_t n, char **words);
bool command_again(struct kernel *k, uint32_t n, char **words);
bool command_cpus(struct kernel *k, uint32_t n, char **words);
bool command_crash(struct kernel *k, uint32_t n, char **words);
bool command_dump(struct kernel *k, uint32_t n, char **words);
bool command_efivar(struct kernel *k, uint32_t n, char **words);
bool command_fdt(struct kernel *k, uint32_t n, char **words);
bool command_fill(struct kernel *k, uint32_t n, char **words);
bool command_find(struct kernel *k, uint32_t n, char **words);
bool command_help(struct kernel *k, uint32_t n, char **words);
bool command_info(struct kernel *k, uint32_t n, char **words);
bool command_initrd(struct kernel *k, uint32_t n, char **words);
bool command_input(struct kernel *k, uint32_t n, char **words);
bool command_irq(struct kernel *k, uint32_t n, char **words);
bool command_log(struct kernel *k, uint32_t n, char **words);
bool command_mem(struct kernel *k, uint32_t n, char **words);
bool command_memtest(struct kernel *k, uint32_t n, char **words);
bool command_pci(struct kernel *k, uint32_t n, char **words);
bool command_peek(struct kernel *k, uint32_t n, char **words);
bool command_poke(struct kernel *k, uint32_t n, char **words);
bool command_poweroff(struct kernel *k, uint32_t n, char **words);
bool command_pt(struct kernel *k, uint32_t n, char **words);
bool command_reboot(struct kernel *k, uint32_t n, char **words);
bool command_regs(struct kernel *k, uint32_t n, char **words);
bool command_selftest(struct kernel *k, uint32_t n, char **words);
bool command_smbios(struct kernel *k, uint32_t n, char **words);
bool command_timeline(struct kernel *k, uint32_t n, char **words);
bool command_time(struct kernel *k, uint32_t n, char **words);
bool command_walk(struct kernel *k, uint32_t n, char **words);
#endif
