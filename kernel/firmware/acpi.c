/* SPDX-License-Identifier: MIT */
/* acpi.c - finds ACPI's tables for our own kernel. */
#include "kernel/firmware/firmware.h"

const struct acpi_header *acpi_find_table(struct kernel *k, uint32_t signature)
{
	return power_table(kernel_power(k), signature, 0);
}
