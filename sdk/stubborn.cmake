# SPDX-License-Identifier: MIT
# stubborn.cmake - CMake's toolchain file for kernels, and the function that links one.
#
#	cmake -DCMAKE_TOOLCHAIN_FILE=.../stubborn.cmake -DSTUBBORN_ARCH=x86_64 -B build && \
#		cmake --build build
#
#	project(mine C)
#	stubborn_kernel(mine main.c)		# build/BOOTX64.EFI or the like
#
# After the sources may come LINK and libraries of this project (add_library(... STATIC ...); what
# these are linked with need not be named, unless under a condition of CMake's, $<...>), objects and
# archives, and SBAT and a file. CMake has no Rust: LINK takes what rustc has compiled.
#
# For options of your own use target_compile_options(mine-objects ...), which come after ours, or
# CFLAGS in the environment when the folder is configured, which come before. CMAKE_C_FLAGS is ours.
#
# One build folder for each CPU; one folder for each kernel (add_subdirectory).
# STUBBORN_FPU=ON: compilers may use floating-point registers.

set(STUBBORN_ARCH x86_64 CACHE STRING "a CPU: x86_64, aarch64 or riscv64")
set(STUBBORN_FPU OFF CACHE BOOL "compilers may use floating-point registers")
set(CMAKE_TRY_COMPILE_PLATFORM_VARIABLES STUBBORN_ARCH)
set(CMAKE_TRY_COMPILE_TARGET_TYPE STATIC_LIBRARY)
set(CMAKE_SYSTEM_NAME Generic)
set(CMAKE_SYSTEM_PROCESSOR ${STUBBORN_ARCH})

# With links followed, as CMake takes .. for part of the name.
get_filename_component(stubborn_here "${CMAKE_CURRENT_LIST_FILE}" REALPATH)
get_filename_component(stubborn_here "${stubborn_here}" DIRECTORY)
get_filename_component(stubborn_top "${stubborn_here}/.." ABSOLUTE)
if(EXISTS "${stubborn_top}/stub/exports")	# in the source tree, after `make sdk`
	set(STUBBORN_SDK "${stubborn_top}/build" CACHE PATH "where make sdk has put its parts")
	set(stubborn_link "${stubborn_here}/stubborn-link")
	set(stubborn_flags "${stubborn_here}/${STUBBORN_ARCH}.flags")
	set(stubborn_headers "${stubborn_top}/include" "${stubborn_top}")
	set(stubborn_isa "${stubborn_top}/arch/${STUBBORN_ARCH}/isa.mk")
else()						# PREFIX/lib/stubborn
	set(STUBBORN_SDK "${stubborn_here}" CACHE PATH "the installed SDK")
	get_filename_component(stubborn_prefix "${stubborn_top}/.." ABSOLUTE)
	set(stubborn_link "${stubborn_prefix}/bin/stubborn-link")
	set(stubborn_flags "${stubborn_here}/${STUBBORN_ARCH}/flags")
	set(stubborn_isa "${stubborn_here}/arch/${STUBBORN_ARCH}/isa.mk")
	set(stubborn_headers "${stubborn_prefix}/include" "${stubborn_here}/include")
endif()

if(NOT EXISTS "${stubborn_isa}")
	get_filename_component(stubborn_cpus "${stubborn_isa}/../.." ABSOLUTE)
	file(GLOB stubborn_known RELATIVE "${stubborn_cpus}" "${stubborn_cpus}/*/isa.mk")
	string(REPLACE "/isa.mk" "" stubborn_known "${stubborn_known}")
	string(REPLACE ";" ", " stubborn_known "${stubborn_known}")
	message(FATAL_ERROR "STUBBORN_ARCH=${STUBBORN_ARCH}: this SDK is for ${stubborn_known}")
endif()
foreach(language C CXX ASM)
	string(FIND "${CMAKE_${language}_FLAGS}" "@${stubborn_flags}" at)
	if(DEFINED CMAKE_${language}_FLAGS AND at EQUAL -1)
		message(FATAL_ERROR "CMAKE_${language}_FLAGS replaces the SDK's options: "
			"use target_compile_options(NAME-objects ...) instead; "
			"or this build folder is for another CPU or SDK")
	endif()
endforeach()
set(CMAKE_C_COMPILER clang)
set(CMAKE_CXX_COMPILER clang++)
set(CMAKE_ASM_COMPILER clang)
set(stubborn_all "\"@${stubborn_flags}\" -g")	# there may be blanks in these names
foreach(folder ${stubborn_headers})
	string(APPEND stubborn_all " -idirafter \"${folder}\"")
endforeach()
string(REGEX REPLACE "mk$" "h" stubborn_isa_h "${stubborn_isa}")
string(APPEND stubborn_all " -include \"${stubborn_isa_h}\"")
set(stubborn_no_ "NO_")
if(STUBBORN_FPU)
	set(stubborn_no_ "")
endif()
file(STRINGS "${stubborn_isa}" fpu REGEX "^${STUBBORN_ARCH}_${stubborn_no_}FPU := ")
string(REGEX REPLACE ".* := " " " fpu "${fpu}")
string(APPEND stubborn_all "${fpu}")
set(CMAKE_C_FLAGS_INIT "${stubborn_all}")
set(CMAKE_ASM_FLAGS_INIT "${stubborn_all}")
set(CMAKE_CXX_FLAGS_INIT
	"${stubborn_all} -fno-exceptions -fno-rtti -fno-threadsafe-statics \
-fno-use-cxa-atexit -fno-finite-loops")

# stubborn_link_files(VARIABLE LIBRARY|FILE...): sets VARIABLE to the files of these, and of the
# libraries of this project that they are linked with.
function(stubborn_link_files variable)
	set(left ${ARGN})
	set(files "")
	set(seen "")
	while(left)
		list(POP_FRONT left item)
		# what a static library is linked with in private
		while(item MATCHES "^\\$<(LINK_ONLY|BUILD_INTERFACE):(.*)>$")
			set(item "${CMAKE_MATCH_2}")
		endwhile()
		# ::@: CMake's note of a folder
		if(item IN_LIST seen OR item MATCHES "^(::@|\\$<INSTALL_INTERFACE:)")
			continue()
		endif()
		list(APPEND seen "${item}")
		if(item MATCHES "^\\$<TARGET_(OBJECTS|FILE):")
			list(APPEND files "${item}")
			continue()
		elseif(item MATCHES "^\\$<")
			set(kind WARNING)	# it may stand for nothing that is needed
			if(item IN_LIST ARGN)
				set(kind FATAL_ERROR)
			elseif(item MATCHES ":(([^:<>]|::)+)>$" AND CMAKE_MATCH_1 IN_LIST ARGN)
				continue()
			endif()
			message(${kind} "LINK: ${item} is not followed, as CMake evaluates it "
				"later: name what it stands for after LINK, under if() if need be")
			continue()
		endif()
		if(NOT TARGET ${item})
			if(item IN_LIST ARGN OR IS_ABSOLUTE "${item}")	# not a library's -lm
				get_filename_component(item "${item}" ABSOLUTE)
				list(APPEND files "${item}")
			endif()
			continue()
		endif()
		get_target_property(needs ${item} INTERFACE_LINK_LIBRARIES)
		if(needs)
			list(APPEND left ${needs})
		endif()
		get_target_property(sources ${item} SOURCES)
		if(sources)
			set_property(SOURCE ${sources} TARGET_DIRECTORY ${item} APPEND PROPERTY
				OBJECT_DEPENDS "${stubborn_flags}")
		endif()
		get_target_property(type ${item} TYPE)
		if(type STREQUAL "OBJECT_LIBRARY")
			if(item IN_LIST ARGN)		# others are in the library that names them
				list(APPEND files "$<TARGET_OBJECTS:${item}>")
			endif()
		elseif(NOT type STREQUAL "INTERFACE_LIBRARY")
			list(APPEND files "$<TARGET_FILE:${item}>")
		endif()
	endwhile()
	set(${variable} "${files}" PARENT_SCOPE)
endfunction()

# CMake leaves out a source in a language that the project does not have, without a word.
function(stubborn_check_sources)
	get_property(languages GLOBAL PROPERTY ENABLED_LANGUAGES)
	foreach(source ${ARGN})
		if(source MATCHES "\\.rs$")
			message(FATAL_ERROR "${source}: CMake has no Rust: name what rustc makes "
				"of it after LINK, or use stubborn.mk")
		elseif(source MATCHES "\\.[sS]$")
			set(language ASM)
		elseif(source MATCHES "\\.(cc|cpp|cxx|c\\+\\+|C|CPP)$")
			set(language CXX)
		else()
			continue()
		endif()
		get_source_file_property(given "${source}" LANGUAGE)
		if(NOT given AND NOT language IN_LIST languages)
			message(FATAL_ERROR "${source}: needs ${language} among the languages in "
				"project()")
		endif()
	endforeach()
endfunction()

# stubborn_kernel(NAME SOURCE... [LINK LIBRARY|FILE...] [SBAT FILE]): the target NAME, built by
# default: the file that boots, and NAME.elf for debuggers.
function(stubborn_kernel name)
	cmake_parse_arguments(PARSE_ARGV 1 arg "" "SBAT" "LINK")
	if(NOT EXISTS "${STUBBORN_SDK}/${STUBBORN_ARCH}/stub.o")
		message(FATAL_ERROR "${STUBBORN_SDK}/${STUBBORN_ARCH}/stub.o is missing: "
			"build the SDK with 'make sdk', or set STUBBORN_SDK")
	endif()
	file(STRINGS "${stubborn_isa}" efi REGEX "^${STUBBORN_ARCH}_EFI := ")
	string(REGEX REPLACE ".* := " "" efi "${efi}")
	get_property(other DIRECTORY PROPERTY stubborn_kernel)
	if(other)
		message(FATAL_ERROR "${name}: ${other} has this folder's ${efi}: "
			"use a folder for each kernel, with add_subdirectory")
	endif()
	set_property(DIRECTORY PROPERTY stubborn_kernel ${name})
	set(library "${STUBBORN_SDK}/${STUBBORN_ARCH}/libstubborn.a")
	stubborn_check_sources(${arg_UNPARSED_ARGUMENTS})
	add_library(${name}-objects OBJECT ${arg_UNPARSED_ARGUMENTS})
	set_property(SOURCE ${arg_UNPARSED_ARGUMENTS} APPEND PROPERTY
		OBJECT_DEPENDS "${stubborn_flags}")
	stubborn_link_files(more ${arg_LINK})
	foreach(item ${arg_LINK})
		if(TARGET ${item})	# for its headers, and those of what it is linked with
			target_link_libraries(${name}-objects PRIVATE ${item})
		endif()
	endforeach()
	set(sbat "")
	if(arg_SBAT)
		get_filename_component(sbat "${arg_SBAT}" ABSOLUTE)
	endif()
	file(GLOB parts "${STUBBORN_SDK}/${STUBBORN_ARCH}/*.o"
		"${STUBBORN_SDK}/${STUBBORN_ARCH}/image.lds" "${STUBBORN_SDK}/image-sum"
		"${STUBBORN_SDK}/read-wants" "${stubborn_here}/explain/*")
	add_custom_command(OUTPUT ${efi} BYPRODUCTS ${name}.elf
		COMMAND "${stubborn_link}" --arch ${STUBBORN_ARCH} --sdk "${STUBBORN_SDK}"
			"$<$<BOOL:${sbat}>:--sbat;${sbat}>" --elf ${name}.elf -o ${efi}
			$<TARGET_OBJECTS:${name}-objects> ${more} "${library}"
		DEPENDS ${name}-objects $<TARGET_OBJECTS:${name}-objects> ${arg_LINK} ${more}
			${sbat} "${library}" ${parts} "${stubborn_link}" "${stubborn_isa}"
		COMMAND_EXPAND_LISTS VERBATIM)
	add_custom_target(${name} ALL DEPENDS ${efi})
endfunction()
