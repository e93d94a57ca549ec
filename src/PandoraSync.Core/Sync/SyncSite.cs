using System;
using System.Collections.Generic;
using System.Globalization;
using System.Text;
using PandoraSync.Protocol;
using PandoraSync.Transport;

namespace PandoraSync.Sync;

/// <summary>An isolated network's Tentacle server, to be drained.</summary>
/// <param name="Client">How to reach it.</param>
internal sealed record SyncSite(TentacleClientOptions Client)
{
    /// <summary>The site for messages: <c>host:port</c>.</summary>
    public string Name => Client.Endpoint.ToString();

    /// <summary>The sites without those that are named again; the first counts.</summary>
    /// <param name="sites">The sites.</param>
    /// <param name="warn">Told of each that is left out; null for nobody.</param>
    internal static IReadOnlyList<SyncSite> Distinct(IEnumerable<SyncSite> sites, Action<string>? warn)
    {
        var first = new Dictionary<string, SyncSite>(StringComparer.Ordinal);
        var distinct = new List<SyncSite>();
        foreach (var site in sites)
        {
            if (first.TryGetValue(site.FolderName, out var known))
            {
                var how = string.Equals(site.Name, known.Name, StringComparison.Ordinal) ? "named twice" : $"{known.Name} once more";
                warn?.Invoke($"{site.Name} is {how}; it is one site and drained once.");
                continue;
            }

            first.Add(site.FolderName, site);
            distinct.Add(site);
        }

        return distinct;
    }

    /// <summary>The site as the name of a folder, the same for all spellings of its address.</summary>
    internal string FolderName => FolderNameOf(Client.Endpoint);

    /// <summary>A server as the name of a folder: characters that a file system may not take are written as <c>%</c> and two hexadecimal digits.</summary>
    internal static string FolderNameOf(TentacleEndpoint endpoint)
    {
        var name = new StringBuilder();
        foreach (var b in Encoding.UTF8.GetBytes(endpoint.Canonical))
            name.Append(b is (>= (byte)'a' and <= (byte)'z') or (>= (byte)'0' and <= (byte)'9') or (byte)'.' or (byte)'-' ? ((char)b).ToString() : string.Format(CultureInfo.InvariantCulture, "%{0:x2}", b));
        return name.ToString();
    }

    /// <summary>The server that a folder belongs to; null if the folder's name is not one of ours. Earlier versions wrote an address as it was spelled.</summary>
    internal static TentacleEndpoint? ReadFolderName(string folderName)
    {
        var name = new List<byte>(folderName.Length);
        for (var i = 0; i < folderName.Length; i++)
        {
            if (folderName[i] > '~')
                return null;
            var b = (byte)folderName[i];
            if (b == '%')
            {
                if (i + 2 >= folderName.Length || !byte.TryParse(folderName.Substring(i + 1, 2), NumberStyles.AllowHexSpecifier, CultureInfo.InvariantCulture, out b))
                    return null;
                i += 2;
            }

            name.Add(b);
        }

        try
        {
            return TentacleEndpoint.Parse(Encoding.UTF8.GetString(name.ToArray()));
        }
        catch (TentacleException)
        {
            return null;
        }
    }
}
