using System;
using System.ComponentModel;
using System.IO;
using System.Runtime.InteropServices;
using System.Text;
using Microsoft.Win32.SafeHandles;

namespace PandoraSync.Native;

/// <summary>Creates files that only their owner can read, from their first moment: mode 0600 on Unix, an access list for the owner alone on Windows.</summary>
internal static class PrivateFile
{
    private const uint GenericWrite = 0x40000000;
    private const uint CreateNew = 1;
    private const uint SddlRevision = 1;

    // Protected (nothing inherited): full access for the owner of the file and nobody else.
    private const string OwnerAlone = "D:P(A;;FA;;;OW)";

    /// <summary>Creates a new empty file in the folder of another, with a name that nobody else has.</summary>
    /// <param name="path">The file that the new one will be renamed to.</param>
    /// <exception cref="IOException">It cannot be created.</exception>
    public static (FileStream Stream, string Path) CreateBeside(string path) =>
        RuntimeInformation.IsOSPlatform(OSPlatform.Windows) ? CreateOnWindows($"{path}.{Guid.NewGuid():N}.tmp") : CreateOnUnix(path);

    private static (FileStream Stream, string Path) CreateOnUnix(string path)
    {
        // mkstemp creates with mode 0600 whatever the umask, and fills in the X.
        var template = Encoding.UTF8.GetBytes(path + ".XXXXXX\0");
        var descriptor = NativeMethods.MakeTemporary(template);
        if (descriptor < 0)
        {
            var error = Marshal.GetLastWin32Error();
            throw Directory.Exists(Path.GetDirectoryName(path))
                ? new UnauthorizedAccessException($"Could not create a file beside '{path}' (error {error}).")
                : new DirectoryNotFoundException($"The folder of '{path}' does not exist.");
        }

        var created = Encoding.UTF8.GetString(template, 0, template.Length - 1);
        return (new FileStream(new SafeFileHandle((IntPtr)descriptor, ownsHandle: true), FileAccess.Write), created);
    }

    private static (FileStream Stream, string Path) CreateOnWindows(string path)
    {
        if (!NativeMethods.ReadSecurityDescriptor(OwnerAlone, SddlRevision, out var descriptor, IntPtr.Zero))
            throw Failed(path);
        try
        {
            var attributes = new NativeMethods.SecurityAttributes { Length = Marshal.SizeOf<NativeMethods.SecurityAttributes>(), SecurityDescriptor = descriptor };
            var handle = NativeMethods.CreateFile(path, GenericWrite, 0, ref attributes, CreateNew, 0, IntPtr.Zero);
            return handle.IsInvalid ? throw Failed(path) : (new FileStream(handle, FileAccess.Write), path);
        }
        finally
        {
            _ = NativeMethods.LocalFree(descriptor);
        }
    }

    private static IOException Failed(string path)
    {
        var error = new Win32Exception(Marshal.GetLastWin32Error());
        return new IOException($"Could not create '{path}': {error.Message}", error);
    }
}
