using System;
using System.Runtime.InteropServices;
using Microsoft.Win32.SafeHandles;

namespace PandoraSync.Native;

/// <summary>The few calls of the operating system that .NET has no method for; each called only on the systems that have it.</summary>
internal static class NativeMethods
{
    [DllImport("libc", SetLastError = true, EntryPoint = "setsockopt")]
    internal static extern int SetSocketOption(IntPtr socket, int level, int option, ref int value, int valueBytes);

    [DllImport("libc", SetLastError = true, EntryPoint = "getsockopt")]
    internal static extern int GetSocketOption(IntPtr socket, int level, int option, [Out] byte[] value, ref int valueBytes);

    [DllImport("libc", SetLastError = true, EntryPoint = "ioctl")]
    internal static extern int IoControl(IntPtr descriptor, UIntPtr request, out int value);

    [DllImport("libc", SetLastError = true, EntryPoint = "ioctl")]
    internal static extern int IoControlWith(IntPtr descriptor, UIntPtr request, ref int value);

    [DllImport("libc", SetLastError = true, EntryPoint = "open")]
    internal static extern int Open(byte[] path, int flags);

    [DllImport("libc", SetLastError = true, EntryPoint = "statx")]
    internal static extern int ReadStatus(int directory, byte[] path, int flags, uint mask, [Out] byte[] status);

    [DllImport("libc", SetLastError = true, EntryPoint = "getrlimit")]
    internal static extern int GetLimit(int resource, [Out] long[] softAndHard);

    [DllImport("libc", SetLastError = true, EntryPoint = "statvfs")]
    internal static extern int ReadFileSystemStatus(byte[] path, [Out] byte[] status);

    [DllImport("kernel32", SetLastError = true, CharSet = CharSet.Unicode, EntryPoint = "GetDiskFreeSpaceExW")]
    [return: MarshalAs(UnmanagedType.Bool)]
    internal static extern bool GetFreeSpace(string folder, out ulong available, out ulong total, out ulong free);

    [DllImport("libc", SetLastError = true, EntryPoint = "fsync")]
    internal static extern int Flush(int descriptor);

    [DllImport("libc", SetLastError = true, EntryPoint = "syncfs")]
    internal static extern int FlushFileSystem(int descriptor);

    // Begins with the type of the file system, whose lower half is all of it that is used.
    [DllImport("libc", SetLastError = true, EntryPoint = "fstatfs")]
    internal static extern int ReadFileSystemType(int descriptor, [Out] byte[] status);

    [DllImport("libc", SetLastError = true, EntryPoint = "opendir")]
    internal static extern IntPtr OpenFolder(byte[] path);

    // The one that writes into our memory and returns its error: what readdir leaves in errno may be older than the call.
    [DllImport("libc", EntryPoint = "readdir_r")]
    internal static extern int ReadFolder(IntPtr folder, [Out] byte[] entry, out IntPtr found);

    [DllImport("libc", EntryPoint = "closedir")]
    internal static extern int CloseFolder(IntPtr folder);

    [DllImport("libc", SetLastError = true, EntryPoint = "renameat2")]
    internal static extern int Rename(int fromDirectory, byte[] from, int toDirectory, byte[] to, uint flags);

    [DllImport("libc", EntryPoint = "chown")]
    internal static extern int ChangeOwner(byte[] path, uint owner, uint group);

    [DllImport("libc", EntryPoint = "chmod")]
    internal static extern int ChangeMode(byte[] path, uint mode);

    [DllImport("libc", EntryPoint = "close")]
    internal static extern int Close(int descriptor);

    [DllImport("libc", SetLastError = true, EntryPoint = "mkstemp")]
    internal static extern int MakeTemporary([In, Out] byte[] template);

    [DllImport("advapi32", SetLastError = true, CharSet = CharSet.Unicode, EntryPoint = "ConvertStringSecurityDescriptorToSecurityDescriptorW")]
    [return: MarshalAs(UnmanagedType.Bool)]
    internal static extern bool ReadSecurityDescriptor(string text, uint revision, out IntPtr descriptor, IntPtr size);

    [DllImport("kernel32", SetLastError = true, CharSet = CharSet.Unicode, EntryPoint = "CreateFileW")]
    internal static extern SafeFileHandle CreateFile(string path, uint access, uint share, ref SecurityAttributes attributes, uint disposition, uint flags, IntPtr template);

    [DllImport("kernel32", EntryPoint = "LocalFree")]
    internal static extern IntPtr LocalFree(IntPtr memory);

    [StructLayout(LayoutKind.Sequential)]
    internal struct SecurityAttributes
    {
        internal int Length;
        internal IntPtr SecurityDescriptor;
        internal int InheritHandle;
    }
}
