using System.Text;

namespace PandoraSync.Cmdlets.Base;

/// <summary>Breaks sentences between words for the module's views: a table's column breaks them anywhere.</summary>
public static class WordWrap
{
    /// <summary>Puts line ends between words so that no line is longer than <paramref name="width"/>, but for a word that is.</summary>
    public static string Lines(string text, int width)
    {
        var lines = new StringBuilder();
        var column = 0;
        foreach (var word in text.Split(' '))
        {
            if (column > 0 && column + 1 + word.Length > width)
            {
                lines.Append('\n');
                column = 0;
            }
            else if (column > 0)
            {
                lines.Append(' ');
                column++;
            }

            lines.Append(word);
            column += word.Length;
        }

        return lines.ToString();
    }
}
