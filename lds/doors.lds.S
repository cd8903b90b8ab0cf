/* SPDX-License-Identifier: MIT */
/*
 * doors.lds.S - functions of stub.o that only ways in need: nothing calls them after the jump, not
 * even when the kernel boots itself again. So a moved image lacks them, and they are not mapped in
 * an image that stays. tests/lint/doors.py proves that nothing calls them.
 */
		/* UEFI, 32-bit UEFI */
		*stubborn-stub.o(.text.efi_* .text.efi32 .text.thunk_*)
		*stubborn-stub.o(.text.cmdline_from_load_options .text.clock_seconds)
		*stubborn-stub.o(.text.section_owned .text.entropy_rng .text.entropy_take)
		*stubborn-stub.o(.text.gop_* .text.masks_ok .text.initrd_* .text.module_*)
		*stubborn-stub.o(.text.room_allocate .text.same_path .text.keep_add)
		*stubborn-stub.o(.text.keep_reserved .text.begins_with .text.holds_data)
		*stubborn-stub.o(.text.memmap_from_efi .text.memmap_efi_type .text.place_take)
		*stubborn-stub.o(.text.place_with_map .text.tpm_log_* .text.trust_variable)
		*stubborn-stub.o(.text.uart_find .text.port_fill)
		*stubborn-stub.o(.text.arch_collect_efi .text.reach_device .text.fault_take)
		/* a device tree, Linux's boot_params, PVH, kexec */
		*stubborn-stub.o(.text.dtb_collect .text.tree_console .text.node_ranges)
		*stubborn-stub.o(.text.linux_* .text.pvh_* .text.mode .text.left_* .text.bios_*)
		*stubborn-stub.o(.text.xen_collect)
		*stubborn-stub.o(.text.rtc_* .text.pc_* .text.raw_limit .text.raw_clear)
		*stubborn-stub.o(.text.raw_module .text.raw_tree .text.raw_apart .text.memory_holds)
		*stubborn-stub.o(.text.screen_mask .text.modes_try .text.piece .text.little_ram)
