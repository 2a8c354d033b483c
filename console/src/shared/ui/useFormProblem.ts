import type { FormInstance } from 'antd';
import { useState } from 'react';
import { faultsByField, problemOf, type Fault, type Step } from '../api/problem';

/** Shows a refused form's faults at its fields; what belongs to no field is given back to be shown above. */
export function useFormProblem<Values>(form: FormInstance<Values>, fields: readonly Step[][]) {
  const [shown, setShown] = useState<{ error: unknown; rest: Fault[] } | null>(null);
  return {
    shown,
    clear: () => setShown(null),
    show: (error: unknown) => {
      const { fields: faulty, rest } = faultsByField(problemOf(error), fields);
      for (const { name, errors } of faulty) {
        form.setFields([{ name: name as never, errors }]);
      }
      setShown({ error, rest });
    },
  };
}
