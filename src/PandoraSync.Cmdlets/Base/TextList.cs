using System.Collections.Generic;
using System.Collections.ObjectModel;
using System.Linq;

namespace PandoraSync.Cmdlets.Base;

/// <summary>Texts as a property of what a cmdlet gives: a list everywhere, and one readable cell in a CSV file, where an array says only its type.</summary>
public sealed class TextList : ReadOnlyCollection<string>
{
    internal TextList(IEnumerable<string> texts)
        : base(texts.ToArray())
    {
    }

    /// <summary>The texts, separated by semicolons.</summary>
    public override string ToString() => string.Join("; ", this);
}
