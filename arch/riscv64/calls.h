/* SPDX-License-Identifier: MIT */
/*
 * calls.h - calls by one instruction, JAL, which reaches 1 MiB; each C file includes it first.
 *
 * Compilers write CALL and TAIL, two instructions that lld 14 cannot relax. As macros they become
 * one, and for a function out of reach the linker reports an error; only kernel_main may be farther
 * away, as a kernel may be large. Macros need assembly as text (isa.mk). All functions are hidden,
 * so that calls have their name without "@plt"; except those that compilers call on their own.
 */
#ifndef __ASSEMBLER__
#pragma GCC visibility push(hidden)
__asm__(".macro jump_to how, name, link\n"
	".set jump_done, 0\n"
	".irp own, memcpy, memset, memmove, memcmp, __stack_chk_fail\n"
	".ifc \\name, \\own@plt\n"
	"\\how \\own\n"
	".set jump_done, 1\n"
	".endif\n"
	".endr\n"
	".ifc \\name, kernel_main\n"
	"lla t1, kernel_main\n"
	"jalr t1\n"
	".set jump_done, 1\n"
	".endif\n"
	".if !jump_done\n"
	".ifb \\link\n"
	"\\how \\name\n"
	".else\n"
	"\\how \\name, \\link\n"
	".endif\n"
	".endif\n"
	".endm\n"
	".macro call name, link\n"
	"jump_to jal, \\name, \\link\n"
	".endm\n"
	".macro tail name\n"
	"jump_to j, \\name\n"
	".endm\n");
#endif
