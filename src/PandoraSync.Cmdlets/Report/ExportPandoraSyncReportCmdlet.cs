using System;
using System.IO;
using System.Management.Automation;
using System.Text;
using PandoraSync.Cmdlets.Base;
using PandoraSync.Files;
using PandoraSync.Protocol;

namespace PandoraSync.Cmdlets.Report;

/// <summary>Writes results of runs as one HTML page with charts and tables, which needs no network and no other file.</summary>
[Cmdlet(VerbsData.Export, "PandoraSyncReport", SupportsShouldProcess = true)]
[OutputType(typeof(FileInfo))]
public sealed class ExportPandoraSyncReportCmdlet : PandoraSyncCmdlet
{
    private readonly SyncReport _report = new(DateTime.Now);
    private string _path = string.Empty;

    /// <summary>The page to write; one that is there is replaced once the new one is whole.</summary>
    [Parameter(Mandatory = true, Position = 0)]
    [Alias("FilePath")]
    [ValidateNotNullOrEmpty]
    public string Path { get; set; } = string.Empty;

    /// <summary>
    /// What became of a site in a run: an object with a property Site and, where they are known, StartTime, Runs, Result, Succeeded, Files, Bytes,
    /// Skipped, Duration, Error, RecommendedAction, OldestFileAge, CertificateDays or CertificateEnd. One with LastRun and no StartTime is the status of
    /// a site: its age and days are shown, its files are not counted.
    /// </summary>
    [Parameter(ValueFromPipeline = true)]
    [AllowNull]
    public PSObject? InputObject { get; set; }

    /// <summary>The page's title; PandoraSync by default.</summary>
    [Parameter]
    [ValidateNotNullOrEmpty]
    public string Title { get; set; } = "PandoraSync";

    /// <summary>Does not replace a page that is there.</summary>
    [Parameter]
    [Alias("NoOverwrite")]
    public SwitchParameter NoClobber { get; set; }

    /// <summary>Gives the file that was written.</summary>
    [Parameter]
    public SwitchParameter PassThru { get; set; }

    /// <inheritdoc/>
    protected override void BeginProcessing()
    {
        _path = OrThrow(() => FileSystemPath(Path), Path);
        if (NoClobber && File.Exists(_path))
            Refuse($"'{_path}' exists already: give another -Path, or leave -NoClobber out to replace it.");
    }

    /// <inheritdoc/>
    protected override void ProcessRecord()
    {
        if (InputObject is null)
            return;
        if (ReportRun.Read(InputObject, _report.Now) is { } run)
            _report.Add(run);
        else
            Report(new TentacleException(TentacleErrorKind.Configuration, $"An object of the pipeline ({InputObject.BaseObject.GetType().Name}) has no property Site, so it is no result of a run: pipe what Invoke-PandoraSync gives, or rows with its columns."), InputObject);
    }

    /// <inheritdoc/>
    protected override void EndProcessing()
    {
        if (!ShouldProcess(_path, "Write the report"))
            return;
        OrThrow(Write, _path);
        if (PassThru)
            WriteObject(new FileInfo(_path));
    }

    private string Write()
    {
        var part = _path + ".part";
        try
        {
            File.WriteAllText(part, new ReportPage(_report, Title).Write(), new UTF8Encoding(encoderShouldEmitUTF8Identifier: false));
            if (File.Exists(_path))
                File.Replace(part, _path, destinationBackupFileName: null);
            else
                File.Move(part, _path);
            return _path;
        }
        catch (Exception e) when (LocalFileError.IsFileError(e))
        {
            throw LocalFileError.Explain(e, _path, "write the report");
        }
        finally
        {
            DeletePart(part);
        }
    }

    private static void DeletePart(string part)
    {
        try
        {
            File.Delete(part);
        }
        catch (Exception e) when (LocalFileError.IsFileError(e))
        {
            // What kept it from being written is being said.
        }
    }
}
