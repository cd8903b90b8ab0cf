/* SPDX-License-Identifier: MIT */
/*
 * arch.h - all that generic code knows about a CPU.
 *
 * Each arch/<isa>/ defines exactly these symbols; the linker picks the folder.
 * No weak defaults: a missing one is a link error, and that is the porting guide.
 */
#ifndef ARCH_H
#define ARCH_H
#include "include/stubborn/boot_info.h"
#include "arch/jump.h"
#include "lib/console/panic.h"
#include "lib/status.h"

extern const char arch_name[];			/* "aarch64", "x86_64" */
extern const char arch_mode_name[];			/* what cpu_mode counts: "EL", "CPL" */
extern const char arch_default_path[];		/* "\EFI\BOOT\BOOTX64.EFI" */
extern const char arch_found[BOOT_FOUND][8];	/* names of boot_info.found; "": not used */
extern const uint32_t arch_rela_relative;	/* R_<isa>_RELATIVE */

/*
 * Physical addresses from here on no regime can show: half of what four levels translate, less
 * the 512 GiB where the image goes (arch_space).
 */
#define ARCH_REACH	((1ull << 47) - 512 * GIB)

/* ---- instructions: any time ---- */
uint64_t arch_counter(void);		/* never goes back on one CPU */
uint64_t arch_counter_hz(void);		/* 0 if unknown */
bool arch_random(uint64_t *out);	/* the CPU's own generator; false if it has none */
_Noreturn void arch_halt(void);		/* interrupts masked, for ever */
void arch_irq_off(void);
void arch_copy(void *dst, const void *src, uint64_t words);	/* 8-byte words, aligned, upwards */
void arch_fill(void *dst, uint64_t value, uint64_t words);
uint8_t arch_port_in8(uint16_t port);	/* I/O space; 0xff where there is none */
void arch_port_out8(uint16_t port, uint8_t value);
void arch_port_out16(uint16_t port, uint16_t value);

/* Fills cpu_mode, cpu_id, cpu_flags, counter_hz and found: before anything is changed. */
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

/* ---- page tables: arch_map and arch_map_walk are pure ---- */

enum arch_perm {
	ARCH_RX, ARCH_RO, ARCH_RW,
	ARCH_IO,	/* device: uncached, never executed */
	ARCH_WC,	/* framebuffer: write combining (Normal non-cacheable on aarch64) */
};

struct arch_map {
	uint64_t root;			/* physical address of the root table */
	uint64_t (*page)(void *cookie);	/* a page for a table, not cleared, physical; 0: none */
	void *cookie;
	uint64_t offset;		/* added to a table's address to dereference it */
	uint32_t levels;		/* 4, or 5 with LA57 */
	uint32_t flags;			/* ARCH_MAP_* */
	void (*ordered)(void);		/* live tables: makes a walker see what is written so far */
					/* before what is written next; NULL: nobody walks them */
	uint64_t *recent;		/* arch_map's own, NULL to begin with: the table of pages */
	uint64_t recent_va;		/* that it used last, and an address in it */
};
#define ARCH_MAP_GIB	(1u << 0)	/* 1 GiB leaves may be used */
#define ARCH_MAP_EL2	(1u << 1)	/* aarch64 EL2 without E2H: single privilege level */

/*
 * New tables, which nobody walks yet. page, cookie and offset are set by the caller; fills the
 * rest. ERR_NO_MEMORY.
 */
status_t arch_map_start(struct arch_map *m);

/*
 * Map [va, va+size) to pa, all page aligned, with the largest leaves that fit. What is
 * mapped already stays as it is (first one wins), so overlapping requests are harmless.
 * ERR_NO_MEMORY when a table page was refused: what came before stays mapped.
 * x86-64: Intel SDM 3A 4.5; aarch64: ARM ARM D8.3.
 */
status_t arch_map(struct arch_map *m, uint64_t va, uint64_t pa, uint64_t size,
		  enum arch_perm perm);

/* One leaf of existing tables, as a reader of the bits sees it. */
struct arch_leaf {
	uint64_t va, pa, size;
	bool write, exec, cached;
};

/*
 * Visit every leaf under m->root in address order until visit() returns false. Uses root,
 * offset, levels and flags only. va is sign extended on x86-64; on aarch64 it is the
 * low 48 bits (both halves share one root).
 */
void arch_map_walk(const struct arch_map *m, bool (*visit)(const struct arch_leaf *, void *),
		   void *cookie);

/*
 * Whether the byte at `at`, below ARCH_REACH, can be read now: the tables in force map it, and, if
 * they can tell and no `device` will do, as memory. *piece: what is around it of which the same is
 * true. Where no firmware made the tables, x86_64 maps what is not there yet. Always true with the
 * MMU off. The stub's alone; stub/reach.h is what to call.
 */
bool arch_reach(uint64_t at, bool device, struct boot_range *piece);

/*
 * The tables the CPU uses now: root, levels, flags, ordered. offset, page and cookie are left
 * alone. arch_map may work on them, as it changes nothing that is there; arch_map_flush after it.
 */
void arch_map_live(struct arch_map *m);

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

/*
 * Kernel side of regime "off": turn paging on with the tables at `root`, in which the code
 * that runs, its stack and its data are mapped at identity.
 */
void arch_map_enable(uint64_t root);

/* After changing live tables: forget old translations. */
void arch_map_flush(void);

/* ---- traps ---- */

/*
 * Take all CPU exceptions from now on, on the trap stack whose top is `stack`. `full`
 * is false in the stub (nothing may be assumed about its .bss) and true in the kernel.
 */
void arch_trap_install(uint64_t stack, bool full);

/*
 * Run fn(arg), for trap_try: false when it returned, true when arch_throw was called, from
 * whatever stack, before that. Does not nest.
 */
bool arch_catch(void (*fn)(void *), void *arg);
_Noreturn void arch_throw(void);

/* ---- ending ---- */

/* PSCI SYSTEM_OFF (aarch64) by HVC or SMC as told. Returns if refused or not there. */
void arch_psci_off(bool by_hvc);
#endif
