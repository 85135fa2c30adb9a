#include "hdf5_disk.hpp"

#include <fcntl.h>
#include <sys/stat.h>
#include <unistd.h>

#include <algorithm>
#include <cerrno>
#include <iterator>
#include <new>

// What HDF5 calls here may not throw, and its arguments are as its C API has them.
namespace tessera::io::hdf5 {
namespace {

struct DiskFile {
  H5FD_t base = {};  // first: HDF5 knows the rest by it
  int number = -1;
  int error = 0;
  haddr_t end_allocated = 0, end_written = 0;
};

DiskFile &of(H5FD_t *file)
{
  return *reinterpret_cast<DiskFile *>(file);
}
DiskFile const &of(H5FD_t const *file)
{
  return *reinterpret_cast<DiskFile const *>(file);
}

H5FD_t *open_file(char const *name, unsigned flags, hid_t, haddr_t)
{
  int const how = (flags & H5F_ACC_RDWR ? O_RDWR : O_RDONLY) |
                  (flags & H5F_ACC_CREAT ? O_CREAT : 0) | (flags & H5F_ACC_TRUNC ? O_TRUNC : 0) |
                  (flags & H5F_ACC_EXCL ? O_EXCL : 0) | O_CLOEXEC;
  int const number = ::open(name, how, 0666);
  struct stat facts = {};
  auto *file = number < 0 || ::fstat(number, &facts) != 0 ? nullptr : new (std::nothrow) DiskFile;
  if (!file) {
    if (number >= 0) ::close(number);
    return nullptr;
  }
  file->number = number;
  file->end_written = static_cast<haddr_t>(facts.st_size);
  return &file->base;
}

herr_t close_file(H5FD_t *file)
{
  ::close(of(file).number);
  delete &of(file);
  return 0;
}

int compare(H5FD_t const *a, H5FD_t const *b)
{
  struct stat x = {}, y = {};
  if (::fstat(of(a).number, &x) != 0 || ::fstat(of(b).number, &y) != 0) return a < b ? -1 : 1;
  if (x.st_dev != y.st_dev) return x.st_dev < y.st_dev ? -1 : 1;
  return x.st_ino == y.st_ino ? 0 : x.st_ino < y.st_ino ? -1 : 1;
}

// What HDF5's own driver for disks asks for: the bytes of a file are the same.
herr_t query(H5FD_t const *, unsigned long *flags)
{
  if (flags) {
    *flags = H5FD_FEAT_AGGREGATE_METADATA | H5FD_FEAT_ACCUMULATE_METADATA | H5FD_FEAT_DATA_SIEVE |
             H5FD_FEAT_AGGREGATE_SMALLDATA | H5FD_FEAT_DEFAULT_VFD_COMPATIBLE;
  }
  return 0;
}

haddr_t get_end_allocated(H5FD_t const *file, H5FD_mem_t)
{
  return of(file).end_allocated;
}
herr_t set_end_allocated(H5FD_t *file, H5FD_mem_t, haddr_t end)
{
  of(file).end_allocated = end;
  return 0;
}
haddr_t get_end_written(H5FD_t const *file, H5FD_mem_t)
{
  return of(file).end_written;
}

herr_t get_handle(H5FD_t *file, hid_t, void **handle)
{
  *handle = file;
  return 0;
}

herr_t read_bytes(H5FD_t *file, H5FD_mem_t, hid_t, haddr_t from, std::size_t size, void *buffer)
{
  char *to = static_cast<char *>(buffer);
  while (size > 0) {
    ssize_t const count = ::pread(of(file).number, to, size, static_cast<off_t>(from));
    if (count < 0 && errno == EINTR) continue;
    if (count < 0) return -1;
    if (count == 0) break;
    to += count;
    from += static_cast<haddr_t>(count);
    size -= static_cast<std::size_t>(count);
  }
  std::fill_n(to, size, '\0');  // behind the end of the file
  return 0;
}

herr_t write_bytes(H5FD_t *file, H5FD_mem_t, hid_t, haddr_t at, std::size_t size,
                   void const *buffer)
{
  DiskFile &disk = of(file);
  disk.end_written = std::max(disk.end_written, at + size);
  char const *from = static_cast<char const *>(buffer);
  while (size > 0 && disk.error == 0) {
    ssize_t const count = ::pwrite(disk.number, from, size, static_cast<off_t>(at));
    if (count < 0 && errno == EINTR) continue;
    if (count < 0) {
      disk.error = errno;
      break;
    }
    from += count;
    at += static_cast<haddr_t>(count);
    size -= static_cast<std::size_t>(count);
  }
  return 0;
}

herr_t truncate(H5FD_t *file, hid_t, hbool_t)
{
  DiskFile &disk = of(file);
  if (disk.end_allocated == disk.end_written) return 0;
  if (disk.error == 0 && ::ftruncate(disk.number, static_cast<off_t>(disk.end_allocated)) != 0) {
    disk.error = errno;
  }
  disk.end_written = disk.end_allocated;
  return 0;
}

H5FD_class_t driver()
{
  H5FD_class_t own = {};
  own.name = "tessera_disk";
  own.maxaddr = (haddr_t{1} << 62) - 1;
  own.fc_degree = H5F_CLOSE_WEAK;
  own.open = open_file;
  own.close = close_file;
  own.cmp = compare;
  own.query = query;
  own.get_eoa = get_end_allocated;
  own.set_eoa = set_end_allocated;
  own.get_eof = get_end_written;
  own.get_handle = get_handle;
  own.read = read_bytes;
  own.write = write_bytes;
  own.truncate = truncate;
  H5FD_mem_t const map[] = H5FD_FLMAP_DICHOTOMY;
  std::copy(std::begin(map), std::end(map), std::begin(own.fl_map));
  return own;
}

}  // namespace

herr_t set_disk(hid_t access)
{
  static H5FD_class_t const own = driver();
  static hid_t const id = H5FDregister(&own);
  return id < 0 ? -1 : H5Pset_driver(access, id, nullptr);
}

int disk_error(hid_t file)
{
  void *handle = nullptr;
  if (H5Fget_vfd_handle(file, H5P_DEFAULT, &handle) < 0 || !handle) return 0;
  return static_cast<DiskFile const *>(handle)->error;
}

}  // namespace tessera::io::hdf5
