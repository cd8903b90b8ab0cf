/* SPDX-License-Identifier: MIT */
/*
 * kernel.h - the two symbols that a kernel defines, and what it can ask of the stub.
 *
 * The linker resolves them: a missing one is a link error. Everything else the kernel needs to
 * know is in boot_info.
 */
#ifndef STUBBORN_KERNEL_H
#define STUBBORN_KERNEL_H
#include "include/stubborn/boot_info.h"

/* kernel_wants.stack_size, bytes */
#define KERNEL_STACK_MIN	(16u << 10)
#define KERNEL_STACK_MAX	(64u << 20)

/* kernel_wants.flags */
#define KERNEL_CONSTRUCTORS	(1u << 0) /* run .init_array before kernel_main */
#define KERNEL_AGAIN		(1u << 1) /* keep what stub_again() needs */
#define KERNEL_FLAGS		(KERNEL_CONSTRUCTORS | KERNEL_AGAIN) /* all defined flags */

/* kernel_wants.el: the exception level on aarch64. The other CPUs have none, and ignore it. */
#define KERNEL_EL_FOUND		0	/* stay at the level the stub was entered at */
#define KERNEL_EL_1		1	/* the stub drops from EL2 to EL1 */

/*
 * kernel_wants.closed: to be started in this way (BOOT_ENTRY_*, but not AGAIN), or in this regime
 * (BOOT_MMU_*), is an error, and the boot ends.
 */
#define KERNEL_CLOSES(entry)	(1u << (entry))
#define KERNEL_CLOSES_MMU(mmu)	(0x100u << (mmu))
#define KERNEL_CLOSED		0xefe	/* all that can be closed */

/*
 * A constant object. Fields are only appended: the stub reads the first `size` bytes and takes
 * the rest as 0. 0 means the default.
 */
struct kernel_wants {
	uint32_t size;		/* sizeof(struct kernel_wants): 8 to 4096, a multiple of 4 */
	uint32_t regime;	/* enum boot_regime if the command line has none; 0: identity */
	uint64_t stack_size;	/* of the boot stack, bytes; KERNEL_STACK_MIN to KERNEL_STACK_MAX */
	uint32_t flags;		/* KERNEL_* */
	uint32_t reserved;
	char name[32];		/* prefix of messages: printable ASCII and a NUL; "": stubborn */
	char version[32];	/* the kernel's, likewise; shown by `file` on a PC */
	uint32_t el;		/* KERNEL_EL_* if the command line has no el= */
	uint32_t closed;	/* KERNEL_CLOSES...(): ways in and regimes that are not supported */
};
extern const struct kernel_wants kernel_wants;

/*
 * Entered once, on the boot stack and in the regime asked for, with interrupts masked, .bss zeroed
 * and firmware gone. `bi` is valid in this regime. If it returns, the stub panics and says so.
 */
void kernel_main(struct boot_info *bi);

/*
 * Boot this image once more, without firmware and without the file, with entry BOOT_ENTRY_AGAIN.
 * The command line is the `size` bytes of text at `cmdline`, or fewer if there is a NUL. `bi` is
 * what kernel_main was given, unchanged except for memmap's types and the seed.
 *
 * The kernel has set KERNEL_AGAIN in kernel_wants.flags. Only this CPU is running, devices and
 * interrupts are quiet, and 4 KiB of stack are left. The tables in use map the image, the handoff,
 * the page of the old trampoline (none on riscv64) and RAM where the stub put them. Any exception
 * level, any regime, interrupts masked or not.
 *
 * Returns only if it cannot boot: then nothing has changed, and the text, valid until the next such
 * call, says why. Otherwise the next run may use all memory except what memmap reserves:
 * README.md, "Booting again".
 */
const char *stub_again(const struct boot_info *bi, const char *cmdline, uint64_t size);

/*
 * The same in two steps. stub_again_prepare() does all that may be refused, while other CPUs still
 * run and devices work, and returns NULL or why it is impossible. Then stop them, leave the page
 * tables as they are, and call stub_again_leave(). It returns, saying why, only if the last call of
 * stub_again_prepare() failed, or the room is too small for the stub's own tables.
 */
const char *stub_again_prepare(const struct boot_info *bi, const char *cmdline, uint64_t size);
const char *stub_again_leave(const struct boot_info *bi);

_Static_assert(__builtin_offsetof(struct kernel_wants, stack_size) == 8, "kernel_wants layout");
_Static_assert(__builtin_offsetof(struct kernel_wants, el) == 88, "kernel_wants layout");
_Static_assert(sizeof(struct kernel_wants) == 96, "kernel_wants: fields are only appended");
#endif
