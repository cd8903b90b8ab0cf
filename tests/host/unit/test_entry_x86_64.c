/* SPDX-License-Identifier: MIT */
/*
 * test_entry_x86_64.c - what efi_entry gives back to firmware. EDK II would not show it: when an
 * application returns, it restores all registers. Needs an x86_64 host.
 */
#include "tests/host/unit/unit.h"
#include "include/stubborn/boot_info.h"

#ifdef __x86_64__
#define STATUS	0x800000000000000eull

/*
 * The assembler takes the preprocessor's lines for comments. kernel_entry must not be global, as
 * tests/host/image.c has one. call_entry stores at RDI what RSI, RDI, RBX and RBP are after the
 * call: Microsoft's convention preserves them.
 */
__asm__(".pushsection .text\n"
	".set BOOT_ENTRY_UEFI, 1\n"
	".macro .global name\n.endm\n"
	".include \"arch/x86_64/boot/entry.S\"\n"
	".purgem .global\n"
	".text\n"
	"call_entry:\n\t"
	"push %rbx\n\tpush %rbp\n\tpush %rdi\n\tsub $32, %rsp\n\t"
	"mov $1, %esi\n\tmov $2, %edi\n\tmov $3, %ebx\n\tmov $4, %ebp\n\t"
	"mov $5, %ecx\n\tmov $6, %edx\n\t"
	"call efi_entry\n\t"
	"add $32, %rsp\n\tpop %r8\n\t"
	"mov %rsi, (%r8)\n\tmov %rdi, 8(%r8)\n\tmov %rbx, 16(%r8)\n\tmov %rbp, 24(%r8)\n\t"
	"pop %rbp\n\tpop %rbx\n\tret\n"
	".popsection");
_Static_assert(BOOT_ENTRY_UEFI == 1, "as above");

uint64_t call_entry(uint64_t saved[4]);
uint64_t stub_main(uint64_t kind, uint64_t a, uint64_t b, uint64_t t0);

UNCALLED(void, kernel_enter, void)

static uint64_t start;

uint64_t stub_main(uint64_t kind, uint64_t a, uint64_t b, uint64_t t0)
{
	assert_int_equal(kind, BOOT_ENTRY_UEFI);
	assert_int_equal(a, 5);
	assert_int_equal(b, 6);
	assert_in_range(t0, start, __builtin_ia32_rdtsc());
	assert_int_equal((uint64_t)__builtin_frame_address(0) % 16, 0);	/* as the ABI requires */
	__asm__ volatile("xor %%esi, %%esi\n\txor %%edi, %%edi" ::: "rsi", "rdi");
	return STATUS;
}

static void test_returns(void **state)
{
	uint64_t saved[4];

	(void)state;
	start = __builtin_ia32_rdtsc();
	assert_int_equal(call_entry(saved), STATUS);
	for (uint64_t i = 0; i < 4; i++)
		assert_int_equal(saved[i], i + 1);
}
#else
static void test_returns(void **state)
{
	(void)state;
	skip();
}
#endif

int main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(test_returns),
	};

	return cmocka_run_group_tests(tests, NULL, NULL);
}
