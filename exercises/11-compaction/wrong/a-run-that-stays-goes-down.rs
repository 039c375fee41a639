//! What should stay in level 0 goes to level 1, below tables that are older.

pub fn run<E: From<Error>>(
    job: &Job,
    version: &Version,
    watermark: Timestamp,
    host: &mut Host<'_, E>,
) -> Result<Outcome, E> {
    if job.trivial_move {
        return Ok(moved(job));
    }
    let inputs = open(job, host)?;
    let mut underneath = Underneath::new(version, job);
    let mut kept = Retain::new(Merge::new(inputs), watermark, |key: &[u8]| {
        underneath.may_hold(key)
    });
    let mut output = Output::new(job, host);
    kept.seek_to_first()?;
    while kept.is_valid() {
        output.add(kept.key(), kept.value())?;
        kept.next()?;
    }
    let mut edit = job.removal();
    let mut tables = Vec::new();
    for (table, info) in output.finish()? {
        edit = edit.add(job.output_level.max(1), table);
        tables.push(info);
    }
    Ok(Outcome {
        edit,
        tables,
        retained: kept.counts(),
    })
}
