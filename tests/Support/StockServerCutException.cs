using System;

namespace PandoraSync.TestSupport;

/// <summary>Ends a connection of a <see cref="StockServer"/>.</summary>
internal sealed class StockServerCutException(bool reset) : Exception("The conversation ends here.")
{
    public bool Reset { get; } = reset;
}
