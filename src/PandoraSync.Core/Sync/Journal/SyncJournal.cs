using System;
using System.Collections.Generic;
using System.IO;
using System.Linq;
using System.Text;
using PandoraSync.Files;
using PandoraSync.Native;
using PandoraSync.Sync.Continuous;

namespace PandoraSync.Sync.Journal;

/// <summary>
/// What the runs into one incoming directory came to: a journal to append to, and the status of each site. Written only while the directory is
/// held, so by one run at a time; a journal that cannot be written keeps no site from being drained. From any thread.
/// </summary>
internal sealed class SyncJournal
{
    private static readonly TimeSpan SavePause = TimeSpan.FromSeconds(5);
    private readonly object _gate = new();
    private readonly Dictionary<string, SiteStatus> _statuses = new(StringComparer.Ordinal);
    private readonly Dictionary<string, SiteCourse> _courses = new(StringComparer.Ordinal);
    private readonly string _folder;
    private readonly JournalLimits _limits;
    private readonly SyncClock _clock;
    private readonly Action<string>? _warn;
    private readonly JournalWriter _writer;
    private string? _saved;
    private TimeSpan _savedAt;
    private bool _isOpen;
    private bool _isFailing;

    /// <summary>Makes a journal, which is opened with <see cref="Open"/>.</summary>
    /// <param name="incomingDirectory">The incoming directory.</param>
    /// <param name="limits">How much is kept.</param>
    /// <param name="clock">The time.</param>
    /// <param name="warn">Told when it cannot be written; null for nobody.</param>
    public SyncJournal(string incomingDirectory, JournalLimits limits, SyncClock clock, Action<string>? warn)
    {
        (_folder, _limits, _clock, _warn) = (JournalFiles.FolderOf(incomingDirectory), limits, clock, warn);
        _writer = new JournalWriter(_folder, limits, () => clock.UtcNow);
    }

    /// <summary>How the sites are.</summary>
    public IReadOnlyList<SiteStatus> Statuses
    {
        get
        {
            lock (_gate)
                return [.. _statuses.Values];
        }
    }

    /// <summary>How certain sites are.</summary>
    public IReadOnlyList<SiteStatus> StatusesOf(IEnumerable<SyncSite> sites)
    {
        var names = new HashSet<string>(sites.Select(s => s.Name), StringComparer.Ordinal);
        return [.. Statuses.Where(s => names.Contains(s.Site))];
    }

    /// <summary>Begins to write: the incoming directory is held.</summary>
    public void Open()
    {
        lock (_gate)
        {
            _isOpen = true;
            Try(() =>
            {
                Load();
                _writer.Flush();
            });
        }
    }

    /// <summary>Adds what became of a site.</summary>
    public void Record(SiteResult result)
    {
        lock (_gate)
        {
            var now = _clock.UtcNow;
            _statuses[result.Site] = (_statuses.TryGetValue(result.Site, out var status) ? status : SiteStatus.New(result.Site, now - result.Elapsed)).After(result, now);
            if (!_courses.TryGetValue(result.Site, out var course))
                _courses.Add(result.Site, course = new SiteCourse(_limits.Quiet));
            _writer.Add(course.Add(result, now - result.Elapsed));
            if (_isOpen)
                Try(_writer.Flush);

            // Many sites make a long file.
            if (_isOpen && _clock.Elapsed - _savedAt > SavePause && _clock.Elapsed - _savedAt > TimeSpan.FromMilliseconds(5 * _statuses.Count))
                Try(Save);
        }
    }

    /// <summary>Ends writing for now: the incoming directory is about to be given back.</summary>
    /// <param name="isLast">True if the run ends, and with it what has been counted and not written.</param>
    public void Close(bool isLast)
    {
        lock (_gate)
        {
            if (isLast)
                _writer.Add(_courses.Values.SelectMany(c => c.End()));
            if (!_isOpen)
                return;
            Try(() =>
            {
                _writer.Flush();
                Save();
            });
            _writer.Close();
            _isOpen = false;
        }
    }

    /// <summary>Takes over what another run has saved meanwhile; of two statuses the later one counts.</summary>
    private void Load()
    {
        var path = JournalFiles.StatusIn(_folder);
        if (!File.Exists(path) || string.Equals(Stamp(path), _saved, StringComparison.Ordinal))
            return;
        foreach (var saved in JournalFiles.Read(path).Select(SiteStatus.TryRead).OfType<SiteStatus>())
        {
            if (!_statuses.TryGetValue(saved.Site, out var own) || own.LastRun < saved.LastRun)
                _statuses[saved.Site] = saved;
        }
    }

    /// <summary>Puts the statuses in the place of the old ones, whole or not at all.</summary>
    private void Save()
    {
        var path = JournalFiles.StatusIn(_folder);
        File.WriteAllText(path + ".new", string.Concat(_statuses.Values.OrderBy(s => s.Site, StringComparer.Ordinal).Select(s => s.ToLine() + "\n")), new UTF8Encoding(encoderShouldEmitUTF8Identifier: false));
        FileSystemCalls.RenameOver(path + ".new", path);
        (_saved, _savedAt, _isFailing) = (Stamp(path), _clock.Elapsed, false);
    }

    private static string Stamp(string path) => new FileInfo(path) is var file ? $"{file.Length} {file.LastWriteTimeUtc.Ticks}" : string.Empty;

    /// <summary>Does something that a full or broken disk must not end the run with; it is told once, until the statuses can be saved again: a line more may have room where they have not.</summary>
    private void Try(Action work)
    {
        try
        {
            work();
        }
        catch (Exception e) when (LocalFileError.IsFileError(e))
        {
            if (!_isFailing)
                _warn?.Invoke($"The journal cannot be written, which keeps no site from being drained: {LocalFileError.Explain(e, _folder, "write the journal").Message}");
            _isFailing = true;
        }
    }
}
