using System;
using System.Management.Automation.Host;

namespace PandoraSync.Host;

/// <summary>The terminal's size, which the formatter lays tables out by, and its title. Nothing is drawn or read cell by cell.</summary>
internal sealed class HostRawUserInterface : PSHostRawUserInterface
{
    // Where there is no terminal; wide enough for the module's tables, the same on every machine.
    private static readonly Size Unknown = new(120, 50);

    public override Size BufferSize { get => WindowSize; set => throw Unsupported(); }

    public override Size WindowSize
    {
        get => !Console.IsOutputRedirected && Console.WindowWidth > 0 ? new Size(Console.WindowWidth, Console.WindowHeight) : Unknown;
        set => throw Unsupported();
    }

    public override Size MaxPhysicalWindowSize => WindowSize;

    public override Size MaxWindowSize => WindowSize;

    public override Coordinates CursorPosition { get => default; set => throw Unsupported(); }

    public override Coordinates WindowPosition { get => default; set => throw Unsupported(); }

    public override int CursorSize { get => 100; set => throw Unsupported(); }

    public override ConsoleColor ForegroundColor { get; set; } = ConsoleColor.Gray;

    public override ConsoleColor BackgroundColor { get; set; } = ConsoleColor.Black;

    public override bool KeyAvailable => !Console.IsInputRedirected && Console.KeyAvailable;

    public override string WindowTitle
    {
        get => string.Empty;
        set
        {
            if (!Console.IsOutputRedirected)
                Console.Title = value;
        }
    }

    public override void FlushInputBuffer()
    {
        while (KeyAvailable)
            Console.ReadKey(intercept: true);
    }

    public override BufferCell[,] GetBufferContents(Rectangle rectangle) => throw Unsupported();

    public override KeyInfo ReadKey(ReadKeyOptions options) => throw Unsupported();

    public override void ScrollBufferContents(Rectangle source, Coordinates destination, Rectangle clip, BufferCell fill) => throw Unsupported();

    public override void SetBufferContents(Coordinates origin, BufferCell[,] contents) => throw Unsupported();

    public override void SetBufferContents(Rectangle rectangle, BufferCell fill) => throw Unsupported();

    private static NotSupportedException Unsupported() => new("pandorasync's prompt does not move the cursor, read single keys or change the window.");
}
