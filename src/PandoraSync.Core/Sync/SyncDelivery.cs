namespace PandoraSync.Sync;

/// <summary>How a file is taken from a site (protocol.md, section 5).</summary>
public enum SyncDelivery
{
    /// <summary>A copy is received and flushed before the server is asked to move the file and delete it: nothing is lost, whatever breaks.</summary>
    Safe,

    /// <summary>
    /// The file is moved at once: half the round trips, but a stock server deletes a file that was under way when the line broke. From a
    /// server with the fast lane (section 9) files are taken as in <see cref="Safe"/>, which is as fast there.
    /// </summary>
    Fast,

    /// <summary>A copy is received and the server keeps the file.</summary>
    Keep,
}
