using System.Runtime.InteropServices;

namespace PandoraSync.Native;

/// <summary>Gives a file that one program makes for another the owner and mode that the other expects. On Windows folders pass theirs on.</summary>
internal static class FileRights
{
    private const int CurrentDirectory = -100;
    private const int OwnerOffset = 20;
    private const int GroupOffset = 24;
    private const int ModeOffset = 28;
    private const uint StatusBasics = 0x7FF;
    private const uint AllRights = 0xFFF;
    private const uint ReadAndWrite = 0x1B6;
    private const uint WriteOfOthers = 0x002;
    private const uint Unchanged = uint.MaxValue;
    private static readonly bool IsLinux = RuntimeInformation.IsOSPlatform(OSPlatform.Linux);

    /// <summary>
    /// Gives a new file the rights of the one that it replaces, or those that its folder suggests: its owner and group, and reading and writing for
    /// whom the folder is readable and writable, others' writing apart. What this user may not give stays as it is.
    /// </summary>
    /// <param name="path">The new file.</param>
    /// <param name="replaced">The file that it is to replace, which need not be there.</param>
    /// <param name="folder">The folder that it comes into.</param>
    public static void GiveLike(string path, string replaced, string folder)
    {
        if (!IsLinux)
            return;
        if (Read(replaced) is { } old)
            Give(path, old.Owner, old.Group, old.Mode & AllRights);
        else if (Read(folder) is { } around)
            Give(path, around.Owner, around.Group, around.Mode & ReadAndWrite & ~WriteOfOthers);
    }

    private static void Give(string path, uint owner, uint group, uint mode)
    {
        var native = FileSystemCalls.ToNative(path);

        // Only root may give files away; a group may be given by whoever is in it.
        if (NativeMethods.ChangeOwner(native, owner, group) != 0)
            _ = NativeMethods.ChangeOwner(native, Unchanged, group);
        _ = NativeMethods.ChangeMode(native, mode);
    }

    private static (uint Owner, uint Group, uint Mode)? Read(string path)
    {
        var status = new byte[256];
        return NativeMethods.ReadStatus(CurrentDirectory, FileSystemCalls.ToNative(path), 0, StatusBasics, status) == 0
            ? (System.BitConverter.ToUInt32(status, OwnerOffset), System.BitConverter.ToUInt32(status, GroupOffset), System.BitConverter.ToUInt16(status, ModeOffset))
            : null;
    }
}
