/* SPDX-License-Identifier: MIT */
/*
 * boot.h - what the stub asks of a CPU. With map.h it is the least that a port needs.
 *
 * Each arch/<isa>/ defines exactly these symbols; the linker picks the folder.
 * No weak defaults: a missing one is a link error, and that is the porting guide.
 */
#ifndef ARCH_BOOT_H
#define ARCH_BOOT_H
#include "include/stubborn/boot_info.h"
#include "arch/jump.h"
#include "lib/base.h"

extern const char arch_name[];			/* "aarch64", "x86_64" */
extern const char arch_default_path[];		/* "\EFI\BOOT\BOOTX64.EFI" */
extern const uint32_t arch_rela_relative;	/* R_<isa>_RELATIVE */

/*
 * Of arch/<isa>/isa.h:
 * ARCH_REACH	physical addresses from here on no regime can show
 * ARCH_PORTS	whether the CPU has an I/O space, and arch_port_in8() and its sisters
 * ARCH_TOLD	whether only firmware knows the CPU's number: arch_collect_efi() asks
 * ARCH_CALLS	whether firmware that stays sends text: arch_call_put(), BOOT_UART_CALL
 */

/* ---- instructions: any time ---- */
uint64_t arch_counter(void);		/* never goes back on one CPU */
bool arch_random(uint64_t *out);	/* the CPU's own generator; false if it has none */
_Noreturn void arch_halt(void);		/* interrupts masked, for ever */
void arch_irq_off(void);
void arch_copy(void *dst, const void *src, uint64_t words);	/* 8-byte words, aligned, upwards */
void arch_fill(void *dst, uint64_t value, uint64_t words);
uint8_t arch_port_in8(uint16_t port);	/* these three if ARCH_PORTS */
void arch_port_out8(uint16_t port, uint8_t value);
void arch_port_out16(uint16_t port, uint16_t value);
bool arch_call_put(uint8_t byte);	/* if ARCH_CALLS: false, it was not sent */

/*
 * Fills cpu_mode, cpu_flags and found, before anything is changed. cpu_id and counter_hz, too, if
 * the CPU knows them: else they stay as they were handed in by who does, 0 if nobody does.
 */
void arch_cpu_state(struct boot_info *out);

/* The serial port to try when nobody names one; type BOOT_UART_NONE if there is no custom. */
void arch_default_uart(struct boot_uart *out);

/* Null if this CPU can do all that the stub will ask of it, else why not, in a few words. */
const char *arch_cpu_lacks(void);

/* ---- caches ---- */

/*
 * Make [base, base+size) visible to a CPU whose caches or MMU are off, and leave no
 * dirty or stale line of it behind (aarch64: clean and invalidate by VA to PoC; nothing
 * to do on x86-64). Addresses as they can be dereferenced now.
 */
void arch_clean(uint64_t base, uint64_t size);

/* After the last arch_clean of code that will be executed: instruction caches, everywhere. */
void arch_clean_code(void);

/* Whether data goes past the caches now: the MMU is off. */
bool arch_cold(void);

/*
 * Whether the byte at `at`, below ARCH_REACH, can be read now: the tables in force map it, and, if
 * they can tell and no `device` will do, as memory. *piece: what is around it of which the same is
 * true. Where no firmware made the tables, x86_64 maps what is not there yet. Always true with the
 * MMU off. The stub's alone; stub/reach.h is what to call.
 */
bool arch_reach(uint64_t at, bool device, struct boot_range *piece);

/* ---- the switch ---- */

/* Whether this CPU can be in regime r at all (no x86-64 CPU can be in "off"). */
bool arch_regime_ok(enum boot_regime r);

/*
 * Whether the kernel shall run at EL1 even if this is EL2. Before arch_cpu_state(), arch_space(),
 * arch_map_start() and arch_plan(), which go by it. False: this CPU has no exception levels.
 */
bool arch_level(bool drop);

/* The virtual layout of the "mapped" regime on this CPU as it is set up now. */
struct arch_space {
	uint64_t direct_map;	/* virtual address of physical 0 */
	uint64_t image;		/* lowest virtual base of the image, 2 MiB aligned */
	uint64_t image_slots;	/* number of 2 MiB steps it may be moved up */
};
void arch_space(struct arch_space *out);

/* Fill root, vectors and ctl for regime r; entry, arg and stack are the caller's. */
void arch_plan(struct jump_plan *plan, enum boot_regime r, uint64_t root, uint64_t virt);

/*
 * Make the image at `copy` (dereferenceable) that will run at `virt` able to take traps
 * the moment the CPU is pointed at it, on the trap stack whose top is `stack` in the
 * new regime.
 */
void arch_trap_prepare(uint64_t copy, uint64_t virt, uint64_t stack);

/* Leave the old regime for plan's, for good. Firmware gone, interrupts off. */
_Noreturn void arch_jump(const struct jump_plan *plan);

/* ---- traps ---- */

/*
 * Take all CPU exceptions from now on, on the trap stack whose top is `stack`. `full`
 * is false in the stub (nothing may be assumed about its .bss) and true in the kernel.
 */
void arch_trap_install(uint64_t stack, bool full);
#endif
