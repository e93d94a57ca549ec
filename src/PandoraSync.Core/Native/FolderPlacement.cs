using System;
using System.Runtime.InteropServices;

namespace PandoraSync.Native;

/// <summary>Where a file system puts what is made in a folder.</summary>
internal static class FolderPlacement
{
    // FS_IOC_GETFLAGS and FS_IOC_SETFLAGS of 64-bit Linux, and ext4's mark of a top directory (chattr +T).
    private const uint GetFlags = 0x80086601;
    private const uint SetFlags = 0x40086602;
    private const int TopFolder = 0x20000;

    private static readonly bool IsNative = RuntimeInformation.IsOSPlatform(OSPlatform.Linux) && IntPtr.Size == sizeof(long);

    /// <summary>Has the subfolders of a folder put apart from each other, where the file system knows how (ext4). Without that everything works too, only slower.</summary>
    public static void Scatter(string folder)
    {
        if (!IsNative)
            return;
        var descriptor = NativeMethods.Open(FileSystemCalls.ToNative(folder), FileSystemCalls.CloseOnExec);
        if (descriptor < 0)
            return;
        if (NativeMethods.IoControl((IntPtr)descriptor, (UIntPtr)GetFlags, out var flags) == 0 && (flags & TopFolder) == 0)
        {
            flags |= TopFolder;
            _ = NativeMethods.IoControlWith((IntPtr)descriptor, (UIntPtr)SetFlags, ref flags);
        }

        _ = NativeMethods.Close(descriptor);
    }
}
