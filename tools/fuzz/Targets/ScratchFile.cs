using System;
using System.IO;

namespace PandoraSync.Fuzz.Targets;

/// <summary>A file of this process, for what is read by path; written anew for each input and gone when the process ends.</summary>
internal sealed class ScratchFile
{
    public ScratchFile()
    {
        Path = System.IO.Path.Combine(System.IO.Path.GetTempPath(), $"pandorasync-fuzz-{Guid.NewGuid():N}");
        File.WriteAllBytes(Path, []);
        AppDomain.CurrentDomain.ProcessExit += (_, _) => File.Delete(Path);
    }

    public string Path { get; }

    public string With(byte[] content)
    {
        File.WriteAllBytes(Path, content);
        return Path;
    }
}
