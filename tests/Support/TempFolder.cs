using System;
using System.IO;
using System.Linq;

namespace PandoraSync.TestSupport;

/// <summary>A folder that is gone, with all that is in it, when disposed.</summary>
public sealed class TempFolder : IDisposable
{
    /// <summary>Makes the folder below the system's folder for temporary files.</summary>
    public TempFolder() => Path = Directory.CreateTempSubdirectory("pandorasync-test-").FullName;

    /// <summary>The folder's full path.</summary>
    public string Path { get; }

    /// <summary>The full path of something in it.</summary>
    public string this[string name] => System.IO.Path.Combine(Path, name);

    /// <summary>Writes a file, and its sub folder where the name has one.</summary>
    public string Write(string name, byte[] content)
    {
        var path = this[name];
        Directory.CreateDirectory(System.IO.Path.GetDirectoryName(path)!);
        File.WriteAllBytes(path, content);
        return path;
    }

    /// <summary>Writes a file of text.</summary>
    public string Write(string name, string content) => Write(name, System.Text.Encoding.UTF8.GetBytes(content));

    /// <summary>Makes a sub folder.</summary>
    public string MakeFolder(string name) => Directory.CreateDirectory(this[name]).FullName;

    /// <summary>Reads a file.</summary>
    public byte[] Read(string name) => File.ReadAllBytes(this[name]);

    /// <summary>True if it has such a file.</summary>
    public bool Has(string name) => File.Exists(this[name]);

    /// <summary>The names of the files right in it, sorted.</summary>
    public string[] FileNames() =>
        [.. Directory.EnumerateFiles(Path).Select(p => System.IO.Path.GetFileName(p)).Order(StringComparer.Ordinal)];

    /// <inheritdoc/>
    public void Dispose()
    {
        if (!Directory.Exists(Path))
            return;
        if (!OperatingSystem.IsWindows())
        {
            // A test may have taken the rights away to see what happens.
            const UnixFileMode all = UnixFileMode.UserRead | UnixFileMode.UserWrite | UnixFileMode.UserExecute;
            File.SetUnixFileMode(Path, all);
            foreach (var folder in Directory.EnumerateDirectories(Path, "*", SearchOption.AllDirectories))
                File.SetUnixFileMode(folder, all);
        }

        Directory.Delete(Path, recursive: true);
    }
}
