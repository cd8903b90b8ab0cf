/* SPDX-License-Identifier: MIT */
/* firmware.h - how our own kernel finds ACPI's tables: machine.c. */
#ifndef KERNEL_FIRMWARE_H
#define KERNEL_FIRMWARE_H
#include "lib/acpi.h"
#include "kernel/kernel.h"

/* What is read through it stays mapped until k->windows are closed. */
struct power *kernel_power(struct kernel *k);

/* The first valid table with this ACPI_SIGNATURE, or NULL. */
const struct acpi_header *acpi_find_table(struct kernel *k, uint32_t signature);
#endif
