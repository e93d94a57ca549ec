using System;
using System.Collections.Generic;
using System.IO;
using System.Runtime.InteropServices;
using System.Text;

namespace PandoraSync.Native;

/// <summary>
/// The regular files of a folder, one by one, so that a folder of a million is neither held in memory nor each of its files looked at:
/// Linux's folders say themselves what an entry is, which .NET's file classes do not pass on for pipes and devices.
/// </summary>
internal static class FolderFiles
{
    // "struct dirent" of every 64-bit Linux: inode and position, 8 bytes each, length of the entry, type, name ended by 0.
    private const int TypeOffset = 18;
    private const int NameOffset = 19;
    private const int MostEntryBytes = 1024;
    private const byte TypeUnknown = 0;
    private const byte TypeRegular = 8;
    private const int ErrorNoEntry = 2;
    private const int ErrorNameTooLong = 36;

    private static readonly bool IsNative = RuntimeInformation.IsOSPlatform(OSPlatform.Linux) && IntPtr.Size == sizeof(long) && HasCalls();

    /// <summary>Reads the names of the regular files of a folder, in no order; links, pipes and devices are none. A folder that is not there has none.</summary>
    /// <returns>Each name as bytes, which are good until the next is asked for.</returns>
    /// <exception cref="IOException">The folder cannot be read.</exception>
    /// <exception cref="UnauthorizedAccessException">The folder may not be read.</exception>
    public static IEnumerable<ArraySegment<byte>> Names(string folder) => IsNative ? NativeNames(folder) : ManagedNames(folder);

    private static IEnumerable<ArraySegment<byte>> NativeNames(string folder)
    {
        var handle = NativeMethods.OpenFolder(FileSystemCalls.ToNative(folder));
        if (handle == IntPtr.Zero && Marshal.GetLastWin32Error() == ErrorNoEntry)
            yield break;
        if (handle == IntPtr.Zero)
            throw FileSystemCalls.NativeError("open", folder, Marshal.GetLastWin32Error());
        try
        {
            var entry = new byte[MostEntryBytes];
            while (Read(handle, entry, folder))
            {
                var name = new ArraySegment<byte>(entry, NameOffset, Array.IndexOf(entry, (byte)0, NameOffset) - NameOffset);
                if (entry[TypeOffset] == TypeRegular || (entry[TypeOffset] == TypeUnknown && IsRegular(folder, name)))
                    yield return name;
            }
        }
        finally
        {
            _ = NativeMethods.CloseFolder(handle);
        }
    }

    /// <summary>Reads the next entry; false at the end.</summary>
    private static bool Read(IntPtr handle, byte[] entry, string folder)
    {
        // A name that is too long comes up at the end and cannot be one of Tentacle's.
        var error = NativeMethods.ReadFolder(handle, entry, out var found);
        return error is 0 or ErrorNameTooLong ? found != IntPtr.Zero : throw FileSystemCalls.NativeError("read", folder, error);
    }

    /// <summary>Some file systems leave it to the file itself.</summary>
    private static bool IsRegular(string folder, ArraySegment<byte> name) =>
        FileSystemCalls.KindOf(Path.Combine(folder, Encoding.UTF8.GetString(name.Array!, name.Offset, name.Count))) == EntryKind.File;

    /// <summary>The same on other systems, by the attributes that their folders tell.</summary>
    internal static IEnumerable<ArraySegment<byte>> ManagedNames(string folder)
    {
        if (!Directory.Exists(folder))
            yield break;
        foreach (var file in new DirectoryInfo(folder).EnumerateFiles())
        {
            if (FileSystemCalls.IsPlain(file.Attributes))
                yield return new ArraySegment<byte>(Encoding.UTF8.GetBytes(file.Name));
        }
    }

    private static bool HasCalls()
    {
        try
        {
            var handle = NativeMethods.OpenFolder(FileSystemCalls.ToNative("/"));
            if (handle == IntPtr.Zero)
                return false;
            _ = NativeMethods.ReadFolder(handle, new byte[MostEntryBytes], out _);
            return NativeMethods.CloseFolder(handle) == 0;
        }
        catch (EntryPointNotFoundException)
        {
            return false;
        }
    }
}
