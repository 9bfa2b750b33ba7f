/* Calls that change files below one folder are refused while a page of memory says so.

   Preloaded into every process of a server by the bench "disk" (see _volume.py). Sockets, pipes and
   files elsewhere are let through, so that a process fails as it would on a disk that fails. The
   page is a file that all of them map: int error, int one_in (every so many-th call is refused),
   long seen, long refused. */

#define _GNU_SOURCE
#include <dlfcn.h>
#include <errno.h>
#include <fcntl.h>
#include <stdarg.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/mman.h>
#include <sys/stat.h>
#include <sys/types.h>
#include <sys/uio.h>
#include <unistd.h>

static volatile struct { int error; int one_in; long seen; long refused; } *page;
static const char *under;
static size_t length;

__attribute__((constructor)) static void begin(void)
{
    const char *path = getenv("VIGIE_BENCH_FAILING");
    under = getenv("VIGIE_BENCH_UNDER");
    if (!path || !under)
        return;
    length = strlen(under);
    int file = open(path, O_RDWR | O_CLOEXEC);
    if (file < 0)
        return;
    void *found = mmap(NULL, 4096, PROT_READ | PROT_WRITE, MAP_SHARED, file, 0);
    if (found != MAP_FAILED)
        page = found;
    close(file);
}

static int refused(void)
{
    long number = __sync_add_and_fetch(&page->seen, 1);
    if (page->one_in > 1 && number % page->one_in)
        return 0;
    __sync_add_and_fetch(&page->refused, 1);
    errno = page->error;
    return 1;
}

static int below(const char *path)
{
    return !strncmp(path, under, length) && (path[length] == '/' || !path[length]);
}

static int path_refused(int folder, const char *path)
{
    char whole[4096], link[64];
    if (!page || !page->error || !path)
        return 0;
    if (path[0] == '/')
        return below(path) && refused();
    if (folder == AT_FDCWD)
        snprintf(link, sizeof link, "/proc/self/cwd");
    else
        snprintf(link, sizeof link, "/proc/self/fd/%d", folder);
    ssize_t n = readlink(link, whole, sizeof whole - 1);
    if (n < 0)
        return 0;
    whole[n] = 0;
    return below(whole) && refused();
}

static int file_refused(int file)
{
    char link[64], path[4096];
    if (!page || !page->error)
        return 0;
    snprintf(link, sizeof link, "/proc/self/fd/%d", file);
    ssize_t n = readlink(link, path, sizeof path - 1);
    if (n < 0)
        return 0;
    path[n] = 0;
    return below(path) && refused();
}

#define USUAL(name) \
    static __typeof__(&name) usual; \
    if (!usual) \
        usual = (__typeof__(&name))dlsym(RTLD_NEXT, #name)

#define BY_FILE(kind, name, typed, given) \
    kind name typed \
    { \
        USUAL(name); \
        return file_refused(file) ? -1 : usual given; \
    }

#define BY_PATH(name, folder, path, typed, given) \
    int name typed \
    { \
        USUAL(name); \
        return path_refused(folder, path) ? -1 : usual given; \
    }

BY_FILE(ssize_t, write, (int file, const void *from, size_t n), (file, from, n))
BY_FILE(ssize_t, writev, (int file, const struct iovec *from, int n), (file, from, n))
BY_FILE(ssize_t, pwrite, (int file, const void *from, size_t n, off_t at), (file, from, n, at))
BY_FILE(ssize_t, pwrite64, (int file, const void *from, size_t n, off64_t at), (file, from, n, at))
BY_FILE(ssize_t, pwritev, (int file, const struct iovec *from, int n, off_t at),
        (file, from, n, at))
BY_FILE(ssize_t, pwritev64, (int file, const struct iovec *from, int n, off64_t at),
        (file, from, n, at))
BY_FILE(int, fsync, (int file), (file))
BY_FILE(int, fdatasync, (int file), (file))
BY_FILE(int, ftruncate, (int file, off_t size), (file, size))
BY_FILE(int, ftruncate64, (int file, off64_t size), (file, size))
BY_FILE(int, fallocate, (int file, int mode, off_t at, off_t n), (file, mode, at, n))
BY_FILE(int, fallocate64, (int file, int mode, off64_t at, off64_t n), (file, mode, at, n))

BY_PATH(rename, AT_FDCWD, to, (const char *from, const char *to), (from, to))
BY_PATH(renameat, there, to, (int here, const char *from, int there, const char *to),
        (here, from, there, to))
BY_PATH(renameat2, there, to,
        (int here, const char *from, int there, const char *to, unsigned how),
        (here, from, there, to, how))
BY_PATH(link, AT_FDCWD, to, (const char *from, const char *to), (from, to))
BY_PATH(linkat, there, to, (int here, const char *from, int there, const char *to, int how),
        (here, from, there, to, how))
BY_PATH(unlink, AT_FDCWD, path, (const char *path), (path))
BY_PATH(unlinkat, here, path, (int here, const char *path, int how), (here, path, how))
BY_PATH(mkdir, AT_FDCWD, path, (const char *path, mode_t mode), (path, mode))

/* Only what would make a file is refused: reading goes on. */

#define OPENS(name, folder, typed, given) \
    int name typed \
    { \
        USUAL(name); \
        mode_t mode = 0; \
        if (how & (O_CREAT | O_TMPFILE)) { \
            va_list more; \
            va_start(more, how); \
            mode = va_arg(more, mode_t); \
            va_end(more); \
        } \
        int makes = (how & O_TMPFILE) == O_TMPFILE || ((how & O_CREAT) && access_of(folder, path)); \
        return makes && path_refused(folder, path) ? -1 : usual given; \
    }

static int access_of(int folder, const char *path)
{
    return faccessat(folder, path, F_OK, 0) != 0;
}

OPENS(open, AT_FDCWD, (const char *path, int how, ...), (path, how, mode))
OPENS(open64, AT_FDCWD, (const char *path, int how, ...), (path, how, mode))
OPENS(openat, folder, (int folder, const char *path, int how, ...), (folder, path, how, mode))
OPENS(openat64, folder, (int folder, const char *path, int how, ...), (folder, path, how, mode))
