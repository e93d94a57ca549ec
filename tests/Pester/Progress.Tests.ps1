# What is shown of long work where nobody sits at a terminal; what somebody sees who does is in tests/System/ScreenTests.cs.
BeforeAll {
    . ([IO.Path]::Combine($PSScriptRoot, 'Common.ps1'))

    # In a shell of its own, whose output goes into a pipe: how often a listing that waits 3 seconds for its server says so.
    function Measure-Progress($Preference, $Port) {
        $script = New-File 'measure.ps1' @'
param($Module, $Preference, $Port)
$shell = [powershell]::Create()
$null = $shell.AddScript('param($Module, $Preference, $Port) Import-Module $Module; $ProgressPreference = $Preference; Get-TentacleFile 127.0.0.1 -Port $Port -TimeoutSec 3 -RetryCount 0 -ErrorAction Ignore').AddArgument($Module).AddArgument($Preference).AddArgument($Port).Invoke()
@($shell.Streams.Progress | Where-Object { $_.RecordType -eq 'Processing' -and $_.Activity -like 'Listing*' }).Count
'@
        $program, $first = Get-Shell
        [int] (& $program @first -NonInteractive -File $script $module $Preference $Port)
    }
}

Describe 'Progress' {
    It 'is told seldom where nobody sits at a terminal, and not at all to those who do not want it' {
        $silent = Start-FakeServer
        try {
            $clock = [Diagnostics.Stopwatch]::StartNew()
            Measure-Progress 'Continue' $silent.Port | Should -BeIn (1..(2 + [int] ($clock.Elapsed.TotalSeconds / 5)))
            Measure-Progress 'SilentlyContinue' $silent.Port | Should -Be 0
        }
        finally { Stop-FakeServer $silent }
    }
}
