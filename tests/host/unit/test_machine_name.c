/* SPDX-License-Identifier: MIT */
/*
 * test_machine_name.c - the machine's name: only from the structure that describes the system, or
 * from the device tree.
 */
#include "tests/host/unit/said.h"
#include "tests/host/unit/dtc.h"
#include "kernel/firmware/smbios.h"
#include "kernel/kernel.h"


static uint8_t data[3][6];		/* the structures: type, length, handle, two strings */
static struct smbios_structure next[3];
static uint32_t n, broken;		/* how many there are; the number of a broken one */
static struct boot_info bi = { .smbios = 1 };
static struct boot_module tree;

bool smbios_open(struct smbios *s, uint64_t at,
		 const void *(*reach)(void *cookie, uint64_t at, uint64_t size), void *cookie)
{
	(void)reach;
	(void)cookie;
	*s = (struct smbios){ .address = at };
	return true;
}

bool smbios_next(struct smbios *s, struct smbios_structure *out)
{
	s->broken = s->seen + 1 == broken;
	if (s->broken || s->seen == n)
		return false;
	*out = next[s->seen++];
	return true;
}

UNCALLED(const void *, windows_reach, void *, uint64_t, uint64_t)

void windows_close(struct windows *w)
{
	(void)w;
}

bool trap_try(void (*fn)(void *), void *arg, struct trap_info *out)
{
	(void)out;
	fn(arg);
	return true;
}

const struct boot_module *module_find(const struct kernel *k, uint32_t kind)
{
	(void)k;
	assert_int_equal(kind, BOOT_MODULE_DTB);
	return tree.mem.size ? &tree : NULL;
}

static void add(uint8_t type, uint8_t length, const char *strings, uint32_t size)
{
	memcpy(data[n], (uint8_t[]){ type, length, 0, 0, 1, 2 }, sizeof(data[n]));
	next[n] = (struct smbios_structure){
		.data = data[n], .type = type, .length = length, .strings = strings,
		.strings_size = size,
	};
	n++;
}

static const char *name(void)
{
	static struct kernel k;

	k = (struct kernel){ .bi = &bi, .memory.bi = &bi };
	machine_name(&k);
	n = broken = 0;
	return k.name;
}

static void test_name(void **state)
{
	(void)state;
	add(0, 6, "vendor\0version\0", 16);
	add(1, 6, "maker\0thing\0", 13);
	assert_string_equal(name(), "maker thing");
	add(1, 5, "maker\0thing\0", 13);
	assert_string_equal(name(), "maker");
	add(1, 4, "maker\0thing\0", 13);
	assert_string_equal(name(), "");
}

/* The table has no such structure, whatever its last one is, or ends before it. */
static void test_none(void **state)
{
	(void)state;
	assert_string_equal(name(), "");
	add(2, 6, "board\0maker\0", 13);
	assert_string_equal(name(), "");
	add(2, 6, "board\0maker\0", 13);
	add(1, 6, "maker\0thing\0", 13);
	broken = 2;
	assert_string_equal(name(), "");
}

/* A device tree's model counts if SMBIOS has no name. */
static void test_model(void **state)
{
	size_t size;
	void *blob = dtc("/ { model = \"a board\"; };", &size);

	(void)state;
	tree.mem = (struct boot_range){ (uint64_t)blob, size };
	assert_string_equal(name(), "a board");
	add(1, 6, "maker\0thing\0", 13);
	assert_string_equal(name(), "maker thing");
	free(blob);
	tree.mem.size = 0;
}

int main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(test_name),
		cmocka_unit_test(test_none), cmocka_unit_test(test_model),
	};

	return cmocka_run_group_tests(tests, NULL, NULL);
}
