BeforeAll {
    . ([IO.Path]::Combine($PSScriptRoot, 'Common.ps1'))
    $names = 'JOB_COMPLETION_INDEX', 'SLURM_ARRAY_TASK_ID', 'SLURM_ARRAY_TASK_MIN', 'SLURM_ARRAY_TASK_COUNT', 'SLURM_ARRAY_TASK_STEP'
    function Clear-Environment { foreach ($name in $names) { [Environment]::SetEnvironmentVariable($name, $null) } }
    function Start-Sites($Count) {
        foreach ($i in 1..$Count) {
            $buffer = New-Folder
            $null = New-File "site$i.1.data" 'measured' $buffer
            Start-TentacleServer $buffer -Address 127.0.0.1 -Port 0
        }
    }
}

Describe 'Workers' {
    BeforeEach { Clear-Environment }
    AfterEach {
        Clear-Environment
        Get-TentacleServer | Stop-TentacleServer
    }

    It 'have each site once between them, each in its own incoming directory' {
        $servers = Start-Sites 12
        $sites = $servers | ForEach-Object { "127.0.0.1:$($_.Port)" }
        $folders = 1..3 | ForEach-Object { New-Folder }
        $results = 1..3 | ForEach-Object { Invoke-PandoraSync $sites -Destination $folders[$_ - 1] -Worker $_ -WorkerCount 3 }
        @($results).Site | Sort-Object | Should -Be ($sites | Sort-Object)
        $folders | ForEach-Object { Get-FileName $_ } | Sort-Object | Should -Be (1..12 | ForEach-Object { "site$_.1.data" } | Sort-Object)
    }

    It 'are told apart by the environment of a Kubernetes Job, or of a Slurm array' {
        $sites = Start-Sites 6 | ForEach-Object { "127.0.0.1:$($_.Port)" }
        $by = @{}
        foreach ($worker in 1, 2) {
            $by["number$worker"] = Invoke-PandoraSync $sites -Destination (New-Folder) -Worker $worker -WorkerCount 2 -WhatIf -Verbose 4>&1
            $env:JOB_COMPLETION_INDEX = $worker - 1
            $by["kubernetes$worker"] = Invoke-PandoraSync $sites -Destination (New-Folder) -WorkerCount 2 -WhatIf -Verbose 4>&1
            Clear-Environment
            $env:SLURM_ARRAY_TASK_ID, $env:SLURM_ARRAY_TASK_MIN, $env:SLURM_ARRAY_TASK_COUNT = ($worker + 9), 10, 2
            $by["slurm$worker"] = Invoke-PandoraSync $sites -Destination (New-Folder) -WorkerCount 2 -WhatIf -Verbose 4>&1
            Clear-Environment
            "$($by["number$worker"])" | Should -Match "^This is worker $worker of 2: \d of 6 sites are its own\.$"
            "$($by["kubernetes$worker"])" | Should -Be "$($by["number$worker"])"
            "$($by["slurm$worker"])" | Should -Be "$($by["number$worker"])"
        }
    }

    It 'are refused in one sentence where <why>' -ForEach @(
        @{ why = 'the number is outside the count'; options = @{ Worker = 5; WorkerCount = 4 }; index = $null; said = '-Worker says worker 5, but -WorkerCount says that there are 4*' }
        @{ why = 'the environment is outside the count'; options = @{ WorkerCount = 4 }; index = 4; said = 'JOB_COMPLETION_INDEX 4 says worker 5, but*' }
        @{ why = 'nothing says which it is'; options = @{ WorkerCount = 4 }; index = $null; said = 'Which of 4 workers this one is, is not said*' }
        @{ why = 'the count is missing'; options = @{ Worker = 2 }; index = $null; said = '-Worker 2 says nothing without -WorkerCount*' }) {
        $env:JOB_COMPLETION_INDEX = $index
        { Invoke-PandoraSync 127.0.0.1 -Destination (New-Folder) @options } | Should -Throw $said
    }

    It 'cannot have one incoming directory together' {
        $incoming = New-Folder
        $null = [IO.Directory]::CreateDirectory([IO.Path]::Combine($incoming, '.pandorasync'))
        $other = [IO.File]::Open([IO.Path]::Combine($incoming, '.pandorasync', 'lock'), 'OpenOrCreate', 'ReadWrite', 'None')
        try {
            $site = "127.0.0.1:$((Start-Sites 1).Port)"
            { Invoke-PandoraSync $site -Destination $incoming -Worker 1 -WorkerCount 1 -ErrorAction Stop } | Should -Throw "*$incoming*"
        }
        finally { $other.Dispose() }
    }
}
