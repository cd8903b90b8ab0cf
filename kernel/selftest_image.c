/* SPDX-License-Identifier: MIT */
/* selftest_image.c - the image is complete, relocated, zeroed, protected. See selftest.c. */
#include "lib/image.h"
#include "lib/string.h"
#include "kernel/selftest.h"

#define CODE_BYTES	64	/* more than the shortest function */

const char *check_checksum(struct kernel *k)
{
	uint64_t sum = kernel_checksum();

	if (sum == k->bi->checksum)
		return NULL;
	return selftest_why("0x%llx, expected 0x%llx", LL(sum), LL(k->bi->checksum));
}

/* A word that must be relocated. */
static const void *self = &self;

/* Of words in .data only `self` is checked, as others may have changed since. */
const char *check_relocations(struct kernel *k)
{
	const uint64_t base = (uint64_t)image_start;
	const uint64_t first = image_offset(image_relro), end = image_offset(image_data);

	if (base != k->bi->image_virt)
		return selftest_why("runs at 0x%llx, not 0x%llx", LL(base), LL(k->bi->image_virt));
	for (const struct rela *r = image_rela; r < image_rela_end; r++) {
		if (r->offset < first || r->offset >= end)
			continue;
		if (*(uint64_t *)(base + r->offset) != base + (uint64_t)r->addend)
			return selftest_why("word at link 0x%llx is wrong", LL(r->offset));
	}
	return *(const void *volatile *)&self == &self ? NULL : "a pointer in data is wrong";
}

/* Nothing else writes this: it is as the stub left it. */
static uint64_t bss_canary[64];

const char *check_bss(struct kernel *k)
{
	(void)k;
	for (uint32_t i = 0; i < ARRAY_SIZE(bss_canary); i++)
		if (*(volatile uint64_t *)&bss_canary[i])
			return selftest_why("0x%llx at 0x%llx", LL(bss_canary[i]),
					    LL((uint64_t)&bss_canary[i]));
	return NULL;
}

const char *check_guard(struct kernel *k)
{
	static bool forever = true;
	const uint64_t guard = k->bi->boot_stack.base + k->bi->direct_map - PAGE_SIZE;
	struct trap_info fault;

	if (trap_try(crash_stack, &forever, &fault))
		return "infinite recursion returned";
	if (fault.address - guard < PAGE_SIZE && fault.pc - (uint64_t)crash_stack < CODE_BYTES)
		return NULL;
	return selftest_why("%s at 0x%llx, pc 0x%llx", fault.what, LL(fault.address),
			    LL(fault.pc));
}

/* Writes back the same value: harmless if it succeeds. */
static void rewrite(void *arg)
{
	volatile uint64_t *word = arg;

	*word = *word;
}

const char *check_readonly(struct kernel *k)
{
	const uint64_t alias = k->bi->image.base + k->bi->direct_map;
	const uint64_t target[] = {
		(uint64_t)image_text, (uint64_t)image_rodata,
		(uint64_t)image_data - sizeof(uint64_t),
		alias + image_offset(image_text), alias + image_offset(image_rodata),
	};
	struct trap_info fault;

	for (uint32_t i = 0; i < ARRAY_SIZE(target); i++) {
		if (trap_try(rewrite, (void *)target[i], &fault))
			return selftest_why("0x%llx was written", LL(target[i]));
		if (fault.address != target[i])
			return selftest_why("%s at 0x%llx", fault.what, LL(fault.address));
	}
	return NULL;
}

static __attribute__((noinline)) void nothing(void *arg)
{
	(void)arg;
}

/* A copy of a real function, so that only the missing permission can stop it. */
const char *check_noexec(struct kernel *k)
{
	static uint64_t code[CODE_BYTES / sizeof(uint64_t)];
	struct trap_info fault;

	(void)k;
	memcpy(code, (const void *)nothing, sizeof(code));
	arch_clean((uint64_t)code, sizeof(code));
	arch_clean_code();
	if (trap_try((void (*)(void *))(uint64_t)code, NULL, &fault))
		return "a copy of code in data was run";
	if (fault.address - (uint64_t)code < sizeof(code))
		return NULL;
	return selftest_why("%s at 0x%llx", fault.what, LL(fault.address));
}
