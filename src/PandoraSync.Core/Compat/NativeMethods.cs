using System;
using System.Runtime.InteropServices;

namespace PandoraSync.Compat;

/// <summary>The few calls of the C library that .NET has no method for; called on Linux (and, for flushes, macOS) only.</summary>
internal static class NativeMethods
{
    [DllImport("libc", SetLastError = true, EntryPoint = "setsockopt")]
    internal static extern int SetSocketOption(IntPtr socket, int level, int option, ref int value, int valueBytes);

    [DllImport("libc", SetLastError = true, EntryPoint = "ioctl")]
    internal static extern int IoControl(IntPtr descriptor, UIntPtr request, out int value);

    [DllImport("libc", SetLastError = true, EntryPoint = "open")]
    internal static extern int Open(byte[] path, int flags);

    [DllImport("libc", SetLastError = true, EntryPoint = "fsync")]
    internal static extern int Flush(int descriptor);

    [DllImport("libc", SetLastError = true, EntryPoint = "renameat2")]
    internal static extern int Rename(int fromDirectory, byte[] from, int toDirectory, byte[] to, uint flags);

    [DllImport("libc", EntryPoint = "close")]
    internal static extern int Close(int descriptor);
}
