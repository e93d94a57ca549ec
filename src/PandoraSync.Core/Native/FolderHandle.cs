using System;
using System.IO;
using System.Linq;
using System.Runtime.InteropServices;
using Microsoft.Win32.SafeHandles;

namespace PandoraSync.Native;

/// <summary>
/// A folder that is held open so that its flushes can be trusted. Linux tells of a write that failed once to each descriptor that was open
/// by then; one opened after somebody else has been told says that all is well. So what is to be flushed is made after the opening.
/// </summary>
internal sealed class FolderHandle : SafeHandleMinusOneIsInvalid
{
    // ext2 to ext4, XFS and Btrfs pass on what they could not write; what a file system over a network or in another process does is not known.
    private static readonly uint[] Trusted = [0xEF53, 0x58465342, 0x9123683E];
    private static readonly bool IsLinux = RuntimeInformation.IsOSPlatform(OSPlatform.Linux);
    private readonly string _path;

    private FolderHandle(string path)
        : base(ownsHandle: true) => _path = path;

    /// <summary>True if <see cref="FlushFileSystem"/> can be trusted: a local file system that is known for it, on Linux since 5.8.</summary>
    public bool CanFlushFileSystem { get; private set; }

    /// <summary>Opens a folder. On Windows, which keeps entries in a journal of its own, there is nothing to open.</summary>
    /// <exception cref="IOException">It cannot be opened.</exception>
    /// <exception cref="UnauthorizedAccessException">It may not be opened.</exception>
    public static FolderHandle Open(string path)
    {
        var folder = new FolderHandle(path);
        if (FileSystemCalls.IsWindows)
            return folder;
        folder.SetHandle((IntPtr)NativeMethods.Open(FileSystemCalls.ToNative(path), IsLinux ? FileSystemCalls.CloseOnExec : 0));
        if (folder.IsInvalid)
            throw FileSystemCalls.NativeError("open", path, Marshal.GetLastWin32Error());
        folder.CanFlushFileSystem = IsLinux && Environment.OSVersion.Version >= new Version(5, 8) && Trusted.Contains(FileSystemOf(folder));
        return folder;
    }

    /// <summary>Has on disk what was put into the folder since it was opened.</summary>
    /// <exception cref="IOException">Something could not be written, now or since the last call, or the folder no longer has its path.</exception>
    public void Flush()
    {
        if (FileSystemCalls.IsWindows)
            return;
        Call(NativeMethods.Flush);
        if (!FileSystemCalls.IsSame(Descriptor, _path))
            throw new IOException($"Could not flush '{_path}': another folder, or none, has this path now.");
    }

    /// <summary>Has on disk all that anybody has written to the folder's file system: for many new files far less work than a flush of each.</summary>
    /// <exception cref="IOException">Something could not be written, now or since the folder was opened.</exception>
    public void FlushFileSystem() => Call(NativeMethods.FlushFileSystem);

    /// <inheritdoc/>
    protected override bool ReleaseHandle() => NativeMethods.Close(Descriptor) == 0;

    private int Descriptor => (int)handle;

    private void Call(Func<int, int> flush)
    {
        var isHeld = false;
        try
        {
            DangerousAddRef(ref isHeld);
            if (flush(Descriptor) != 0)
                throw FileSystemCalls.NativeError("flush", _path, Marshal.GetLastWin32Error());
        }
        catch (ObjectDisposedException e)
        {
            throw new IOException($"Could not flush '{_path}': its user has been stopped.", e);
        }
        finally
        {
            if (isHeld)
                DangerousRelease();
        }
    }

    private static uint FileSystemOf(FolderHandle folder)
    {
        var status = new byte[256];
        return NativeMethods.ReadFileSystemType(folder.Descriptor, status) == 0 ? BitConverter.ToUInt32(status, 0) : 0;
    }
}
