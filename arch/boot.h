/* SPDX-License-Identifier: MIT */
/*
 * boot.h - what the stub needs from a CPU. Together with map.h, the minimum for a port.
 *
 * Each arch/<isa>/ defines exactly these symbols; the build picks the folder. There are no weak
 * defaults: a missing symbol is a link error, which tells you what to write next.
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
 * From arch/<isa>/isa.h:
 * ARCH_REACH	physical addresses from here on cannot be mapped in any regime
 * ARCH_REACH_MAX	a constant, at least ARCH_REACH, which depends on levels if ARCH_MODES
 * ARCH_MODES	whether the stub chooses how many levels tables have: arch_levels_for()
 * ARCH_AREA_BASE, ARCH_AREA	virtual addresses that no regime uses, for the kernel itself
 * ARCH_PORTS	whether the CPU has an I/O space, and arch_port_in8() and the like
 * ARCH_CLEANS	whether there is an arch_clean(): accesses may bypass the caches
 * ARCH_TOLD	whether only firmware knows the CPU's number: see arch_collect_efi()
 * ARCH_CALLS	whether resident firmware prints text: arch_call_put(), BOOT_UART_CALL
 * ARCH_TRAMPOLINE	whether the new tables must identity-map the code that switches to them
 * ARCH_WIDE	whether there are arch_wide_start(), arch_wide_fill(), arch_wide_run()
 * ARCH_SWAPS	whether one instruction reverses the bytes of a word; else lib/fdt.c avoids it
 * ARCH_DENIES	whether firmware that stays resident may keep RAM for itself
 * ARCH_MARKS	whether targets of indirect branches are marked: arch_guard_text() in arch/cpu.h
 * ARCH_FRAME	how far below a frame pointer the previous one and the return address are
 */

/* ---- instructions: any time ---- */
uint64_t arch_counter(void);		/* counter_hz a second; never goes back on one CPU */
bool arch_random(uint64_t *out);	/* the CPU's; false: it has none, or that failed */
_Noreturn void arch_halt(void);		/* forever, with interrupts masked */
void arch_irq_off(void);
void arch_copy(void *dst, const void *src, uint64_t words);	/* 8-byte words, aligned, upwards */
void arch_copy_image(void *dst, const void *src, uint64_t words);	/* once firmware is gone */
void arch_fill(void *dst, uint64_t value, uint64_t words);
uint8_t arch_port_in8(uint16_t port);	/* these three only if ARCH_PORTS */
void arch_port_out8(uint16_t port, uint8_t value);
void arch_port_out16(uint16_t port, uint16_t value);
bool arch_call_put(uint8_t byte);	/* only if ARCH_CALLS; false: the byte was not sent */

/*
 * Only if ARCH_WIDE. arch_wide_fill() writes zeros, arch_wide_run() writes value, value + step and
 * so on to [e, end), with SIMD registers, where no other CPU reads yet. Use them after
 * arch_wide_start() has returned true: from when firmware is gone until our own kernel has begun.
 */
bool arch_wide_start(void);
void arch_wide_fill(void *dst, uint64_t words);
void arch_wide_run(uint64_t *e, uint64_t *end, uint64_t value, uint64_t step);

/*
 * Set cpu_mode, cpu_flags and found; without UEFI after arch_irq_off() and arch_trap_install(). Set
 * cpu_id and counter_hz, too, if the CPU knows them; else they keep a collector's values, or 0.
 */
void arch_cpu_state(struct boot_info *out);

/* The port to try if no table names one; type BOOT_UART_NONE if none is usual, or none answers. */
void arch_default_uart(struct boot_uart *out);

/* NULL if this CPU has all that the stub needs; else what it lacks, as a short message. */
const char *arch_cpu_lacks(void);

/* ---- caches ---- */

/*
 * Clean and invalidate [base, base+size), which must be accessible now, to the point of coherency:
 * a CPU whose caches or MMU are off sees what was written, and no line of it stays in the caches.
 */
#if ARCH_CLEANS
void arch_clean(uint64_t base, uint64_t size);
#else
static inline void arch_clean(uint64_t base, uint64_t size)
{
	(void)base, (void)size;
}
#endif

/* After the last arch_clean of code to be executed here: invalidate this CPU's own copies. */
void arch_clean_code(void);

/* Whether data accesses bypass the caches now: the MMU is off. */
bool arch_cold(void);

/*
 * Whether the byte at `at`, below ARCH_REACH, can be read now: the live tables map it, and, unless
 * `device` is set, as memory where they can tell. *piece is the range around it for which the same
 * holds. Without firmware's tables, x86_64 maps memory on demand here. With the MMU off all is
 * mapped, but memory may be denied (ARCH_DENIES). For stub/reach.h, which all other code must use,
 * and for what finds denied memory (stub/efi/exit.c) or reads tables in the folder itself.
 */
bool arch_reach(uint64_t at, bool device, struct boot_range *piece);

/* ---- the switch ---- */

/* Whether this CPU supports regime r (x86-64 CPUs do not support "off"). */
bool arch_regime_ok(enum boot_regime r);

/*
 * Set whether the kernel is to run at EL1 even if this is EL2; false: the CPU has no exception
 * levels. Call it before arch_cpu_state(), arch_space(), arch_map_start() and arch_plan().
 */
bool arch_level(bool drop);

/*
 * Only if ARCH_MODES. arch_levels_ok(): whether the CPU has tables of that many levels.
 * arch_levels_for(): choose `least` levels, or more if needed to reach all physical addresses below
 * `top`, as far as the CPU has them. Returns their bit of boot_info.cpu_flags, 0 for the
 * fewest. ARCH_REACH, until then that of the most levels, becomes that of the chosen ones. Call it
 * before arch_space(), arch_map_start() and arch_plan(); both after arch_cpu_lacks().
 */
bool arch_levels_ok(uint32_t levels);
uint32_t arch_levels_for(uint32_t least, uint64_t top);

/* The virtual layout of the "mapped" regime, for this CPU in its current mode. */
struct arch_space {
	uint64_t direct_map;	/* virtual address of physical 0 */
	uint64_t image;		/* lowest virtual base of the image, 2 MiB aligned */
	uint64_t image_slots;	/* by how many 2 MiB steps that base may be raised */
};
void arch_space(struct arch_space *out);

/* Set root, vectors and ctl for regime r. The caller sets entry, arg and stack. */
void arch_plan(struct jump_plan *plan, enum boot_regime r, uint64_t root, uint64_t virt);

/*
 * Prepare the image at `copy` (accessible now), which will run at `virt`, so that it can take traps
 * as soon as the CPU uses its vectors. `stack` is the top of the trap stack in the new regime.
 */
void arch_trap_prepare(uint64_t copy, uint64_t virt, uint64_t stack);

/* Enter plan's regime, for good. Firmware must be gone and interrupts off. */
_Noreturn void arch_jump(const struct jump_plan *plan);

/* ---- from a running kernel back to the stub: stub/again.c ---- */

#define ARCH_AGAIN_ROOM	0x60000	/* bytes: RAW_SCRATCH for the stub, the rest for arch_again() */

/*
 * Whether the ARCH_AGAIN_ROOM bytes of free memory at `base` can be used: they are writable, and do
 * not overlap what is needed until everything is at its physical address, above all the active
 * tables.
 */
bool arch_again_room(const struct boot_info *bi, uint64_t base);

/* NULL, or why arch_again() is impossible with any room. */
const char *arch_again_check(const struct boot_info *bi);

/*
 * Jump to again_enter() in the running image at its physical address, as an entry without firmware
 * would, with the physical address of bi and the stack of RAW_SCRATCH bytes at `room`, which both
 * functions above have approved. Returns only if the tables do not fit into the room, with a
 * message; then nothing else has changed.
 */
const char *arch_again(const struct boot_info *bi, uint64_t room);

/* After that: build the tables that the stub needs, if the CPU needs any. False: no room. */
bool arch_again_map(uint64_t scratch);

/* The page of the old image that this CPU still executes when that image is gone; 0: none. */
uint64_t arch_again_pinned(const struct boot_info *old);

/* ---- traps ---- */

/*
 * Every CPU exception is fatal from now on: panic_trap(), on the trap stack whose top is `stack` if
 * the CPU can switch to it. For the stub, so nothing may rely on .bss; a kernel has trap_start().
 */
void arch_trap_install(uint64_t stack);
#endif
