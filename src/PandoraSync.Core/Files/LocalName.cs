using System.Runtime.InteropServices;
using PandoraSync.Protocol;

namespace PandoraSync.Files;

/// <summary>What this system makes of file names.</summary>
internal static class LocalName
{
    /// <summary>Says why this system cannot have a file of a name that the protocol allows, as the end of a sentence ("it ..."); null if it can.</summary>
    public static string? WhyImpossible(string name) => RuntimeInformation.IsOSPlatform(OSPlatform.Windows) ? WindowsNames.WhyImpossible(name) : null;
}
