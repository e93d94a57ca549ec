using System;
using PandoraSync.Protocol;

namespace PandoraSync.Fuzz.Targets;

/// <summary>Checks of results.</summary>
internal static class Promise
{
    public static void Holds(bool condition, string promise)
    {
        if (!condition)
            throw new BrokenPromiseException(promise);
    }

    public static void Same(string expected, string actual, string promise)
    {
        if (!string.Equals(expected, actual, StringComparison.Ordinal))
            throw new BrokenPromiseException($"{promise}: '{expected}' and '{actual}'");
    }

    /// <summary>Runs what may refuse its input with the library's own error and with nothing else.</summary>
    /// <returns>Null if it was refused.</returns>
    public static T? OrRefusal<T>(Func<T> read, params TentacleErrorKind[] kinds)
        where T : class
    {
        try
        {
            return read();
        }
        catch (TentacleException e)
        {
            Holds(Array.IndexOf(kinds, e.Kind) >= 0, $"the error is of a declared kind, not {e.Kind}: {e.Message}");
            Holds(!string.IsNullOrWhiteSpace(e.Message), "an error has a message");
            return null;
        }
    }
}
