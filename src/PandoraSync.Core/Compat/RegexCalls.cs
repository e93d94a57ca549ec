using System;
using System.Text.RegularExpressions;

namespace PandoraSync.Compat;

/// <summary>Regular expressions from foreign hands.</summary>
internal static class RegexCalls
{
    /// <summary>Makes an expression whose matches take time in proportion to the text where the runtime can do that, and are bounded in time in any case.</summary>
    /// <exception cref="ArgumentException">The pattern is no regular expression.</exception>
    public static Regex Compile(string pattern, RegexOptions options, TimeSpan limit)
    {
#if NET
        try
        {
            return new Regex(pattern, options | RegexOptions.NonBacktracking, limit);
        }
        catch (NotSupportedException)
        {
            // It looks around or back, which only the other engine can do; the limit bounds it.
        }
#endif
        return new Regex(pattern, options, limit);
    }
}
