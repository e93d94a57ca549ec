using System;
using System.Diagnostics;
using System.Threading.Tasks;

namespace PandoraSync.Files;

/// <summary>
/// Patience with a disk that cannot write for a while (a thin pool that is being extended, a cable), for files that nobody else has any
/// more. A failed flush is never just asked for again: the system takes what it could not write for written.
/// </summary>
internal static class DiskRetry
{
    private static readonly TimeSpan Longest = TimeSpan.FromSeconds(15);
    private static readonly TimeSpan Pause = TimeSpan.FromMilliseconds(100);

    /// <summary>Flushes; after an error of the disk writes again what was flushed, and flushes that, for some seconds.</summary>
    /// <param name="flush">The flush.</param>
    /// <param name="writeAgain">Makes again what the failed flush was about.</param>
    /// <exception cref="System.IO.IOException">The disk could not write for too long.</exception>
    public static async Task OutlastAsync(Func<Task> flush, Action writeAgain)
    {
        var clock = Stopwatch.StartNew();
        for (var isFirst = true; ; isFirst = false)
        {
            try
            {
                if (!isFirst)
                    writeAgain();
                await flush().ConfigureAwait(false);
                return;
            }
            catch (Exception e) when (LocalFileError.IsFileError(e) && clock.Elapsed < Longest)
            {
                await Task.Delay(Pause).ConfigureAwait(false);
            }
        }
    }
}
