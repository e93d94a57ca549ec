using System;
using System.Collections.Generic;
using System.Linq;

namespace PandoraSync.Sync.Continuous;

/// <summary>Knows which sentences have been said lately, so that what stays as it is is not said at each round.</summary>
internal sealed class RepeatedText(SyncClock clock)
{
    private const int MostKept = 10_000;
    private static readonly TimeSpan Memory = TimeSpan.FromHours(6);
    private readonly Dictionary<string, TimeSpan> _said = new(StringComparer.Ordinal);

    /// <summary>True if the text has been said within six hours; else it counts as said now. From any thread.</summary>
    public bool HasBeenTold(string text)
    {
        lock (_said)
        {
            var now = clock.Elapsed;
            if (_said.TryGetValue(text, out var last) && now - last < Memory)
                return true;
            if (_said.Count >= MostKept)
            {
                foreach (var old in _said.OrderBy(s => s.Value).Take(MostKept / 10).Select(s => s.Key).ToArray())
                    _said.Remove(old);
            }

            _said[text] = now;
            return false;
        }
    }
}
