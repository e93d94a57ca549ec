using System;
using System.Globalization;
using System.Text;
using PandoraSync.Transport;

namespace PandoraSync.Sync;

/// <summary>An isolated network's Tentacle server, to be drained.</summary>
/// <param name="Client">How to reach it.</param>
public sealed record SyncSite(TentacleClientOptions Client)
{
    /// <summary>The site for messages: <c>host:port</c>.</summary>
    public string Name => Client.Endpoint.ToString();

    /// <summary>The site as the name of a folder: characters that a file system may not take are written as <c>%</c> and two hexadecimal digits.</summary>
    internal string FolderName
    {
        get
        {
            var name = new StringBuilder();
            foreach (var b in Encoding.UTF8.GetBytes(Name.ToLowerInvariant()))
                name.Append(b is (>= (byte)'a' and <= (byte)'z') or (>= (byte)'0' and <= (byte)'9') or (byte)'.' or (byte)'-' ? ((char)b).ToString() : string.Format(CultureInfo.InvariantCulture, "%{0:x2}", b));
            return name.ToString();
        }
    }
}
